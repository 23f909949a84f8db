lotus-seal-worker  --enable-gpu-proving --workerrepo path --storagerepo path run --address ADDRESS --precommit1
