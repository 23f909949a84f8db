// Command manager is the sealing half of a lotus-miner without a chain: Lotus's own manager,
// scheduler, storage index and RPC, driven by commands on stdin. See ../README.md.
package main

import (
	"context"
	"flag"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/filecoin-project/go-jsonrpc/auth"
	"github.com/filecoin-project/go-state-types/abi"
	"github.com/filecoin-project/go-statestore"
	"github.com/ipfs/go-datastore"
	"github.com/ipfs/go-datastore/namespace"
	leveldb "github.com/ipfs/go-ds-leveldb"
	"github.com/multiformats/go-multiaddr"
	manet "github.com/multiformats/go-multiaddr/net"

	"github.com/filecoin-project/lotus/node/config"
	"github.com/filecoin-project/lotus/storage/paths"
	"github.com/filecoin-project/lotus/storage/sealer"

	"lotuspeer/lines"
)

type options struct {
	repo, listen, assigner  string
	miner, proof            uint64
	store, noRemoteFinalize bool
}

func main() {
	var opts options
	flag.StringVar(&opts.repo, "repo", "", "directory for api, token and everything else; made if missing")
	flag.StringVar(&opts.listen, "listen", "127.0.0.1:0", "where to serve; port 0 takes a free one")
	flag.StringVar(&opts.assigner, "assigner", "utilization", "[Storage] Assigner of lotus-miner")
	flag.Uint64Var(&opts.miner, "miner", 1000, "number of the miner actor")
	flag.Uint64Var(&opts.proof, "proof", 5, "registered seal proof of new sectors (5: 2 KiB V1_1)")
	flag.BoolVar(&opts.store, "store", true, "keep sealed sectors here (one path that can store)")
	flag.BoolVar(&opts.noRemoteFinalize, "disallow-remote-finalize", false,
		"[Storage] DisallowRemoteFinalize of lotus-miner")
	flag.Parse()
	if err := run(opts); err != nil {
		lines.Fail(err)
	}
}

func run(opts options) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	proof := abi.RegisteredSealProof(opts.proof)
	size, err := proof.SectorSize()
	if err != nil {
		return err
	}
	home, err := openRepo(opts.repo, opts.store)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", opts.listen)
	if err != nil {
		return err
	}
	address := listener.Addr().String()
	signer, err := newTokens(home.secret)
	if err != nil {
		return err
	}
	store, err := leveldb.NewDatastore(filepath.Join(opts.repo, "datastore"), nil)
	if err != nil {
		return err
	}

	index := paths.NewMemIndex(nil)
	storage := &paths.BasicLocalStorage{PathToJSON: home.storageJSON}
	local, err := paths.NewLocal(ctx, storage, index, []string{"http://" + address + "/remote"})
	if err != nil {
		return err
	}
	settings := config.DefaultStorageMiner()
	sealerSettings := onlyRemoteWork(settings.Storage)
	sealerSettings.Assigner = opts.assigner
	sealerSettings.DisallowRemoteFinalize = opts.noRemoteFinalize
	adminToken, err := signer.AuthNew(ctx, []auth.Permission{"admin"})
	if err != nil {
		return err
	}
	remote := paths.NewRemote(local, index, bearer(adminToken), sealerSettings.ParallelFetchLimit,
		&paths.DefaultPartialFileHandler{})
	manager, err := sealer.New(ctx, local, remote, storage, index, sealerSettings, settings.Proving,
		statestore.New(namespace.Wrap(store, datastore.NewKey("/worker/calls"))),
		statestore.New(namespace.Wrap(store, datastore.NewKey("/stmgr/calls"))))
	if err != nil {
		return err
	}

	miner := newMiner(manager, index, signer, opts.miner, size)
	server := &http.Server{Handler: miner.handler(), ReadHeaderTimeout: 30 * time.Second}
	go func() { lines.Fail(server.Serve(listener)) }()
	endpoint, err := manet.FromNetAddr(listener.Addr())
	if err != nil {
		return err
	}
	token, err := signer.AuthNew(ctx, []auth.Permission{"read", "write", "sign", "admin"})
	if err != nil {
		return err
	}
	if err := home.announce(endpoint.Encapsulate(multiaddr.StringCast("/http")), token); err != nil {
		return err
	}
	defer home.withdraw()
	lines.Say(lines.Event{"event": "ready", "url": "http://" + address + "/rpc/v0",
		"api": home.path("api"), "token": string(token), "session": miner.session})

	shop := &workshop{manager: manager, index: index, home: home, pieces: sealer.NewPieceProvider(remote, index, manager),
		miner: abi.ActorID(opts.miner), proof: proof, size: size, busy: map[abi.SectorNumber]bool{}}
	lines.Each(os.Stdin, func(line string) { shop.start(ctx, line) })
	lines.Say(lines.Event{"event": "bye"})
	return nil
}

// onlyRemoteWork takes from the local worker every task that a setting can take from it. It keeps
// commit 1, finalize and fetch, as in any lotus-miner, and gets the first two only for files that
// lie on its own paths.
func onlyRemoteWork(settings config.SealerConfig) config.SealerConfig {
	settings.AllowSectorDownload = false
	settings.AllowAddPiece = false
	settings.AllowPreCommit1 = false
	settings.AllowPreCommit2 = false
	settings.AllowCommit = false
	settings.AllowUnseal = false
	settings.AllowReplicaUpdate = false
	settings.AllowProveReplicaUpdate2 = false
	settings.AllowRegenSectorKey = false
	settings.LocalWorkerName = "miner"
	return settings
}
