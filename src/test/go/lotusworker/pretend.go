package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"os"
	"path/filepath"
	"time"

	"github.com/filecoin-project/go-commp-utils/v2/zerocomm"
	commcid "github.com/filecoin-project/go-fil-commcid"
	"github.com/filecoin-project/go-state-types/abi"
	"github.com/ipfs/go-cid"

	"github.com/filecoin-project/lotus/storage/paths"
	"github.com/filecoin-project/lotus/storage/sealer"
	"github.com/filecoin-project/lotus/storage/sealer/ffiwrapper"
	"github.com/filecoin-project/lotus/storage/sealer/storiface"
)

// sealing is Lotus's sealing code with the phases that need proofs replaced: they make files of the
// right names, and results that look real and depend only on their input.
type sealing struct {
	*ffiwrapper.Sealer
	files *files
	work  time.Duration
}

// pretend makes the sealing code of a worker.
func pretend(store paths.Store, index paths.SectorIndex, work time.Duration) sealer.ExecutorFunc {
	return func(*sealer.LocalWorker) (storiface.Storage, error) {
		provider := &files{store: store, index: index}
		code, err := ffiwrapper.New(provider)
		return &sealing{Sealer: code, files: provider, work: work}, err
	}
}

// files finds and makes room for sector files, and declares what was made.
type files struct {
	store paths.Store
	index paths.SectorIndex
}

func (f *files) AcquireSector(ctx context.Context, sector storiface.SectorRef, existing, allocate storiface.SectorFileType,
	kind storiface.PathType) (storiface.SectorPaths, func(), error) {
	return f.acquire(ctx, sector, existing, allocate, kind, "")
}

func (f *files) AcquireSectorCopy(ctx context.Context, sector storiface.SectorRef, existing, allocate storiface.SectorFileType,
	kind storiface.PathType) (storiface.SectorPaths, func(), error) {
	return f.acquire(ctx, sector, existing, allocate, kind, storiface.AcquireCopy)
}

func (f *files) acquire(ctx context.Context, sector storiface.SectorRef, existing, allocate storiface.SectorFileType,
	kind storiface.PathType, mode storiface.AcquireMode) (storiface.SectorPaths, func(), error) {
	found, stores, err := f.store.AcquireSector(ctx, sector, existing, allocate, kind, mode)
	if err != nil {
		return storiface.SectorPaths{}, nil, err
	}
	return found, func() {
		for _, fileType := range allocate.AllSet() {
			store := storiface.ID(storiface.PathByType(stores, fileType))
			_ = f.index.StorageDeclareSector(ctx, store, sector.ID, fileType, false)
		}
	}, nil
}

func (s *sealing) SealPreCommit1(ctx context.Context, sector storiface.SectorRef, ticket abi.SealRandomness,
	_ []abi.PieceInfo) (storiface.PreCommit1Out, error) {
	found, done, err := s.files.AcquireSector(ctx, sector, storiface.FTUnsealed,
		storiface.FTSealed|storiface.FTCache, storiface.PathSealing)
	if err != nil {
		return nil, err
	}
	defer done()
	time.Sleep(s.work)
	size, err := sector.ProofType.SectorSize()
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(found.Unsealed)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(found.Sealed, data[:size], 0o644); err != nil {
		return nil, err
	}
	if err := writeAll(found.Cache, "sc-02-data-layer-1.dat", "sc-02-data-layer-2.dat"); err != nil {
		return nil, err
	}
	return json.Marshal(map[string]any{"pretended": "pc1", "_lotus_SealRandomness": ticket})
}

func (s *sealing) SealPreCommit2(ctx context.Context, sector storiface.SectorRef,
	phase1 storiface.PreCommit1Out) (storiface.SectorCids, error) {
	found, done, err := s.files.AcquireSector(ctx, sector, storiface.FTSealed|storiface.FTCache, 0,
		storiface.PathSealing)
	if err != nil {
		return storiface.SectorCids{}, err
	}
	defer done()
	time.Sleep(s.work)
	if err := writeAll(found.Cache, "p_aux", "t_aux", "sc-02-data-tree-r-last.dat"); err != nil {
		return storiface.SectorCids{}, err
	}
	size, err := sector.ProofType.SectorSize()
	if err != nil {
		return storiface.SectorCids{}, err
	}
	return cids(size, phase1)
}

func cids(size abi.SectorSize, phase1 []byte) (storiface.SectorCids, error) {
	sealed, err := commcid.ReplicaCommitmentV1ToCID(field(phase1))
	var unsealed cid.Cid
	if err == nil {
		unsealed = zerocomm.ZeroPieceCommitment(abi.PaddedPieceSize(size).Unpadded())
	}
	return storiface.SectorCids{Unsealed: unsealed, Sealed: sealed}, err
}

func (s *sealing) SealCommit1(ctx context.Context, sector storiface.SectorRef, ticket abi.SealRandomness,
	seed abi.InteractiveSealRandomness, _ []abi.PieceInfo, _ storiface.SectorCids) (storiface.Commit1Out, error) {
	_, done, err := s.files.AcquireSector(ctx, sector, storiface.FTSealed|storiface.FTCache, 0, storiface.PathSealing)
	if err != nil {
		return nil, err
	}
	defer done()
	time.Sleep(s.work)
	return json.Marshal(map[string]any{"pretended": "c1", "ticket": ticket, "seed": seed})
}

func (s *sealing) SealCommit2(_ context.Context, _ storiface.SectorRef, phase1 storiface.Commit1Out) (storiface.Proof, error) {
	time.Sleep(s.work)
	return bytes.Repeat(field(phase1), 6), nil // 192 bytes, as a real proof of one partition
}

func (s *sealing) FinalizeSector(ctx context.Context, sector storiface.SectorRef) error {
	found, done, err := s.files.AcquireSector(ctx, sector, storiface.FTCache, 0, storiface.PathStorage)
	if err != nil {
		return err
	}
	defer done()
	layers, err := filepath.Glob(filepath.Join(found.Cache, "sc-02-data-layer-*.dat"))
	for _, layer := range layers {
		if err == nil {
			err = os.Remove(layer)
		}
	}
	return err
}

func writeAll(directory string, names ...string) error {
	if err := os.MkdirAll(directory, 0o755); err != nil {
		return err
	}
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(directory, name), field([]byte(name)), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// field is a digest that is a number of the proofs' field.
func field(input []byte) []byte {
	sum := sha256.Sum256(input)
	sum[31] &= 0x3f
	return sum[:]
}
