netip=$(ip a | grep -Po '(?<=inet ).*(?=\/)'|grep -E "10\.") # only support one eth card.
RUST_LOG=info RUST_BACKTRACE=1 NETIP=$netip ./lotus-seal-worker --repo=$repo --storagerepo=$storagerepo --sealedrepo=$sealedrepo --max-tasks=14 --cache-mode=0 --transfer-buffer=1 --parallel-addpiece=14 --parallel-precommit1=14 --parallel-precommit2=1 --parallel-commit1=14 --parallel-commit2=1 run 
