// Command lotusworker is a lotus-worker: Lotus's own worker, paths and HTTP handlers, with made-up
// results in place of proofs. It checks the manager, and is a second worker beside Selkie (files go
// from one to the other). See ../README.md.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/filecoin-project/go-jsonrpc/auth"
	"github.com/filecoin-project/go-statestore"
	"github.com/google/uuid"
	leveldb "github.com/ipfs/go-ds-leveldb"

	"github.com/filecoin-project/lotus/api"
	"github.com/filecoin-project/lotus/api/client"
	"github.com/filecoin-project/lotus/cmd/lotus-worker/sealworker"
	"github.com/filecoin-project/lotus/storage/paths"
	"github.com/filecoin-project/lotus/storage/sealer"
	"github.com/filecoin-project/lotus/storage/sealer/sealtasks"
	"github.com/filecoin-project/lotus/storage/sealer/storiface"

	"lotuspeer/lines"
)

const always = "fetch,commit/1,provereplicaupdate/1,finalize,finalizeunsealed,finalize/replicaupdate"

const heartbeat = 10 * time.Second

type options struct {
	repo, listen, miner, token, tasks, name string
	store                                   bool
	work                                    time.Duration
}

func main() {
	var opts options
	flag.StringVar(&opts.repo, "repo", "", "directory of the worker, also its only path; made if missing")
	flag.StringVar(&opts.listen, "listen", "127.0.0.1:0", "where to serve; port 0 takes a free one")
	flag.StringVar(&opts.miner, "miner", "", "the miner's API, such as http://127.0.0.1:2345/rpc/v0")
	flag.StringVar(&opts.token, "token", os.Getenv("TOKEN"), "the miner's token (default: $TOKEN)")
	flag.StringVar(&opts.name, "name", "lotusworker", "name of the host")
	flag.StringVar(&opts.tasks, "tasks", "addpiece,datacid,precommit/1,precommit/2,commit/2",
		"tasks besides "+always)
	flag.BoolVar(&opts.store, "store", false, "the path can also keep sectors")
	flag.DurationVar(&opts.work, "work", 0, "how long each phase pretends to work")
	flag.Parse()
	if err := run(opts); err != nil {
		lines.Fail(err)
	}
}

func run(opts options) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	header := http.Header{"Authorization": {"Bearer " + opts.token}}
	miner, closer, err := client.NewStorageMinerRPCV0(ctx, opts.miner, header)
	if err != nil {
		return err
	}
	defer closer()
	if opts.repo, err = filepath.Abs(opts.repo); err != nil {
		return err
	}
	storage, err := openRepo(opts.repo, opts.store)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", opts.listen)
	if err != nil {
		return err
	}
	base := "http://" + listener.Addr().String()
	local, err := paths.NewLocal(ctx, storage, miner, []string{base + "/remote"})
	if err != nil {
		return err
	}
	remote := paths.NewRemote(local, miner, header, 5, &paths.DefaultPartialFileHandler{})
	store, err := leveldb.NewDatastore(filepath.Join(opts.repo, "datastore"), nil)
	if err != nil {
		return err
	}
	config := sealer.WorkerConfig{Name: opts.name}
	for _, task := range strings.Split(always+","+opts.tasks, ",") {
		config.TaskTypes = append(config.TaskTypes, sealtasks.TaskType("seal/v0/"+task))
	}
	worker := &sealworker.Worker{
		LocalWorker: sealer.NewLocalWorkerWithExecutor(pretend(remote, miner, opts.work), config,
			os.LookupEnv, remote, local, miner, miner, statestore.New(store)),
		LocalStore: local,
		Storage:    storage,
	}
	files := &paths.FetchHandler{Local: local, PfHandler: &paths.DefaultPartialFileHandler{}}
	server := &http.Server{
		Handler:           sealworker.WorkerHandler(miner.AuthVerify, adminOnly(files), worker, true),
		ReadHeaderTimeout: 30 * time.Second,
	}
	go func() { lines.Fail(server.Serve(listener)) }()
	go stayConnected(ctx, miner, worker, base+"/rpc/v0")
	lines.Each(os.Stdin, func(string) {})
	return nil
}

func adminOnly(files http.Handler) http.HandlerFunc {
	return func(answer http.ResponseWriter, request *http.Request) {
		if !auth.HasPerm(request.Context(), nil, api.PermAdmin) {
			answer.WriteHeader(http.StatusUnauthorized)
			_ = json.NewEncoder(answer).Encode(struct{ Error string }{"unauthorized: missing admin permission"})
			return
		}
		files.ServeHTTP(answer, request)
	}
}

// stayConnected registers the worker, and again whenever the miner is another process than before.
func stayConnected(ctx context.Context, miner api.StorageMiner, worker *sealworker.Worker, url string) {
	var known uuid.UUID
	for {
		session, err := miner.Session(ctx)
		if err == nil && session != known {
			err = register(ctx, miner, worker, url)
		}
		if err == nil {
			known = session
		} else {
			fmt.Fprintln(os.Stderr, "miner:", err)
		}
		time.Sleep(heartbeat)
	}
}

func register(ctx context.Context, miner api.StorageMiner, worker *sealworker.Worker, url string) error {
	if err := worker.StorageRedeclareLocal(ctx, nil, true); err != nil {
		return err
	}
	if err := worker.WaitQuiet(ctx); err != nil {
		return err
	}
	if err := miner.WorkerConnect(ctx, url); err != nil {
		return err
	}
	lines.Say(lines.Event{"event": "registered", "url": url})
	return nil
}

// openRepo makes the directory a path of its own, as a lotus-worker does at its first start.
func openRepo(directory string, store bool) (paths.LocalStorage, error) {
	storage := &paths.BasicLocalStorage{PathToJSON: filepath.Join(directory, "storage.json")}
	metaFile := filepath.Join(directory, paths.MetaFile)
	if _, err := os.Stat(metaFile); !errors.Is(err, os.ErrNotExist) {
		return storage, err
	}
	meta, err := json.Marshal(storiface.LocalStorageMeta{ID: storiface.ID(uuid.NewString()), Weight: 10,
		CanSeal: true, CanStore: store})
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(directory, 0o755); err != nil {
		return nil, err
	}
	if err := os.WriteFile(metaFile, meta, 0o644); err != nil {
		return nil, err
	}
	return storage, storage.SetStorage(func(config *storiface.StorageConfig) {
		config.StoragePaths = append(config.StoragePaths, storiface.LocalPath{Path: directory})
	})
}
