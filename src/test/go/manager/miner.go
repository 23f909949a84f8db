package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/filecoin-project/go-address"
	"github.com/filecoin-project/go-jsonrpc"
	"github.com/filecoin-project/go-jsonrpc/auth"
	"github.com/filecoin-project/go-state-types/abi"
	"github.com/gbrlsnchs/jwt/v3"
	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"github.com/filecoin-project/lotus/api"
	"github.com/filecoin-project/lotus/api/client"
	"github.com/filecoin-project/lotus/build"
	"github.com/filecoin-project/lotus/build/buildconstants"
	"github.com/filecoin-project/lotus/storage/paths"
	"github.com/filecoin-project/lotus/storage/sealer"
	"github.com/filecoin-project/lotus/storage/sealer/fsutil"
	"github.com/filecoin-project/lotus/storage/sealer/storiface"

	"lotuspeer/lines"
)

// tokens signs and verifies with one secret.
type tokens struct {
	algorithm *jwt.HMACSHA
}

type claims struct {
	Allow []auth.Permission
}

func newTokens(secret []byte) (*tokens, error) {
	if len(secret) != 32 {
		return nil, fmt.Errorf("secret has %d bytes, not 32", len(secret))
	}
	return &tokens{algorithm: jwt.NewHS256(secret)}, nil
}

func (t *tokens) AuthNew(_ context.Context, permissions []auth.Permission) ([]byte, error) {
	return jwt.Sign(claims{Allow: permissions}, t.algorithm)
}

func (t *tokens) AuthVerify(_ context.Context, token string) ([]auth.Permission, error) {
	var found claims
	if _, err := jwt.Verify([]byte(token), t.algorithm, &found); err != nil {
		return nil, fmt.Errorf("JWT Verification failed: %w", err)
	}
	return found.Allow, nil
}

func bearer(token []byte) http.Header {
	return http.Header{"Authorization": {"Bearer " + string(token)}}
}

// unsupported answers whatever miner does not: embedded one level deeper, its methods lose.
type unsupported struct {
	api.StorageMinerStruct
}

// miner is the API that a worker sees.
type miner struct {
	unsupported
	*tokens
	paths.SectorIndex
	storiface.WorkerReturn

	manager *sealer.Manager
	session uuid.UUID
	actor   address.Address
	size    abi.SectorSize
}

var _ api.StorageMiner = &miner{}

func newMiner(manager *sealer.Manager, index paths.SectorIndex, signer *tokens, number uint64,
	size abi.SectorSize) *miner {
	actor, err := address.NewIDAddress(number)
	if err != nil {
		lines.Fail(err)
	}
	return &miner{tokens: signer, SectorIndex: index, WorkerReturn: manager, manager: manager,
		session: uuid.New(), actor: actor, size: size}
}

func (m *miner) Version(context.Context) (api.APIVersion, error) {
	return api.APIVersion{Version: string(build.MinerUserVersion()), APIVersion: api.MinerAPIVersion0,
		BlockDelay: buildconstants.BlockDelaySecs}, nil
}

func (m *miner) Session(context.Context) (uuid.UUID, error) {
	return m.session, nil
}

func (m *miner) ActorAddress(context.Context) (address.Address, error) {
	return m.actor, nil
}

func (m *miner) ActorSectorSize(_ context.Context, actor address.Address) (abi.SectorSize, error) {
	if actor != m.actor {
		return 0, fmt.Errorf("no such actor: %s", actor)
	}
	return m.size, nil
}

// WorkerConnect calls the worker back with a new token and hands it to the scheduler.
func (m *miner) WorkerConnect(ctx context.Context, url string) error {
	token, err := m.AuthNew(ctx, []auth.Permission{"admin"})
	if err != nil {
		return err
	}
	worker, closer, err := client.NewWorkerRPCV0(context.Background(), url, bearer(token))
	if err != nil {
		return fmt.Errorf("connecting to worker %s: %w", url, err)
	}
	version, err := worker.Version(ctx)
	if err == nil && !version.EqMajorMinor(api.WorkerAPIVersion0) {
		err = fmt.Errorf("worker API version is %s, not %s", version, api.WorkerAPIVersion0)
	}
	if err == nil {
		err = m.manager.AddWorker(ctx, &remoteWorker{Worker: worker, closer: closer})
	}
	if err != nil {
		closer()
		lines.Say(lines.Event{"event": "refused", "url": url, "error": err.Error()})
		return err
	}
	lines.Say(lines.Event{"event": "worker", "url": url})
	return nil
}

type remoteWorker struct {
	api.Worker
	closer jsonrpc.ClientCloser
}

func (w *remoteWorker) Close() error {
	w.closer()
	return nil
}

func (m *miner) WorkerStats(ctx context.Context) (map[uuid.UUID]storiface.WorkerStats, error) {
	return m.manager.WorkerStats(ctx), nil
}

func (m *miner) WorkerJobs(context.Context) (map[uuid.UUID][]storiface.WorkerJob, error) {
	return m.manager.WorkerJobs(), nil
}

func (m *miner) SealingSchedDiag(ctx context.Context, schedule bool) (interface{}, error) {
	return m.manager.SchedDiag(ctx, schedule)
}

func (m *miner) SealingAbort(ctx context.Context, call storiface.CallID) error {
	return m.manager.Abort(ctx, call)
}

func (m *miner) StorageLocal(ctx context.Context) (map[storiface.ID]string, error) {
	return m.manager.StorageLocal(ctx)
}

func (m *miner) StorageStat(ctx context.Context, id storiface.ID) (fsutil.FsStat, error) {
	return m.manager.FsStat(ctx, id)
}

// handler serves /rpc/v0 and /remote with the permissions of a lotus-miner.
func (m *miner) handler() http.Handler {
	rpc := jsonrpc.NewServer(jsonrpc.WithServerErrors(api.RPCErrors))
	rpc.Register("Filecoin", api.PermissionedStorMinerAPI(m))
	rpc.AliasMethod("rpc.discover", "Filecoin.Discover")
	routes := mux.NewRouter()
	routes.PathPrefix("/remote").HandlerFunc(m.serveRemote)
	routes.Handle("/rpc/v0", rpc)
	return &auth.Handler{Verify: m.AuthVerify, Next: routes.ServeHTTP}
}

func (m *miner) serveRemote(answer http.ResponseWriter, request *http.Request) {
	if !auth.HasPerm(request.Context(), nil, api.PermAdmin) {
		answer.WriteHeader(http.StatusUnauthorized)
		_ = json.NewEncoder(answer).Encode(struct{ Error string }{"unauthorized: missing write permission"})
		return
	}
	m.manager.ServeHTTP(answer, request)
}
