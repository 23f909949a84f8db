netip=$(ip a | grep -Po '(?<=inet ).*(?=\/)'|grep -E "10\.") # only support one eth card.
RUST_LOG=info RUST_BACKTRACE=1 NETIP=$netip ./lotus-seal-worker --repo=$repo --storagerepo=$storagerepo --sealedrepo=$sealedrepo --max-tasks=1 --cache-mode=0 --transfer-buffer=0 --parallel-addpiece=1 --parallel-precommit1=1 --parallel-precommit2=1 --parallel-commit1=1 --parallel-commit2=1 run 
