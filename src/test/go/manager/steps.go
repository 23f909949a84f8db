package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"github.com/filecoin-project/lotus/storage/sealer/storiface"
)

// step is one call of the manager. Its answer is kept in the sector; finished tells whether it is
// there, forget drops it.
type step struct {
	name     string
	finished func(*sector) bool
	forget   func(*sector)
	run      func(context.Context, *workshop, *sector, request) (any, error)
}

// sealSteps are those of a new sector, in the order of lotus-miner's state machine.
var sealSteps = []step{
	{"AddPiece",
		func(s *sector) bool { return s.Pieces != nil },
		func(s *sector) { s.Pieces = nil },
		func(ctx context.Context, w *workshop, s *sector, r request) (any, error) {
			var err error
			s.Pieces, err = w.addPieces(ctx, s, r)
			return s.Pieces, err
		}},
	{"SealPreCommit1",
		func(s *sector) bool { return s.PreCommit1 != nil },
		func(s *sector) { s.PreCommit1 = nil },
		func(ctx context.Context, w *workshop, s *sector, _ request) (any, error) {
			var err error
			s.PreCommit1, err = w.manager.SealPreCommit1(ctx, s.Ref, s.Ticket, s.Pieces)
			return digest(s.PreCommit1), err
		}},
	{"SealPreCommit2",
		func(s *sector) bool { return s.Cids != nil },
		func(s *sector) { s.Cids = nil },
		func(ctx context.Context, w *workshop, s *sector, _ request) (any, error) {
			cids, err := w.manager.SealPreCommit2(ctx, s.Ref, s.PreCommit1)
			if err == nil {
				s.Cids = &cids
			}
			return cids, err
		}},
	{"SealCommit1",
		func(s *sector) bool { return s.Commit1 != nil },
		func(s *sector) { s.Commit1 = nil },
		func(ctx context.Context, w *workshop, s *sector, _ request) (any, error) {
			var err error
			s.Commit1, err = w.manager.SealCommit1(ctx, s.Ref, s.Ticket, s.Seed, s.Pieces, *s.Cids)
			return digest(s.Commit1), err
		}},
	{"SealCommit2",
		func(s *sector) bool { return s.Proof != nil },
		func(s *sector) { s.Proof = nil },
		func(ctx context.Context, w *workshop, s *sector, _ request) (any, error) {
			var err error
			s.Proof, err = w.manager.SealCommit2(ctx, s.Ref, s.Commit1)
			return s.Proof, err
		}},
	{"ReleaseUnsealed",
		func(s *sector) bool { return s.Released },
		func(s *sector) { s.Released = false },
		func(ctx context.Context, w *workshop, s *sector, r request) (any, error) {
			err := w.manager.ReleaseUnsealed(ctx, s.Ref, w.kept(r))
			s.Released = err == nil
			return nil, err
		}},
	{"FinalizeSector", // with the move to where sectors are kept
		func(s *sector) bool { return s.Finalized },
		func(s *sector) { s.Finalized = false },
		func(ctx context.Context, w *workshop, s *sector, _ request) (any, error) {
			err := w.manager.FinalizeSector(ctx, s.Ref)
			s.Finalized = err == nil
			return nil, err
		}},
}

// snapSteps put data into a sector that is sealed already.
var snapSteps = []step{
	{"AddPiece",
		func(s *sector) bool { return s.UpdatePieces != nil },
		func(s *sector) { s.UpdatePieces = nil },
		func(ctx context.Context, w *workshop, s *sector, r request) (any, error) {
			var err error
			s.UpdatePieces, err = w.addPieces(ctx, s, r)
			return s.UpdatePieces, err
		}},
	{"ReplicaUpdate",
		func(s *sector) bool { return s.Update != nil },
		func(s *sector) { s.Update = nil },
		func(ctx context.Context, w *workshop, s *sector, _ request) (any, error) {
			update, err := w.manager.ReplicaUpdate(ctx, s.Ref, s.UpdatePieces)
			if err == nil {
				s.Update = &update
			}
			return update, err
		}},
	{"ProveReplicaUpdate1",
		func(s *sector) bool { return s.UpdateVanilla != nil },
		func(s *sector) { s.UpdateVanilla = nil },
		func(ctx context.Context, w *workshop, s *sector, _ request) (any, error) {
			var err error
			s.UpdateVanilla, err = w.manager.ProveReplicaUpdate1(ctx, s.Ref, s.Cids.Sealed,
				s.Update.NewSealed, s.Update.NewUnsealed)
			return len(s.UpdateVanilla), err
		}},
	{"ProveReplicaUpdate2",
		func(s *sector) bool { return s.UpdateProof != nil },
		func(s *sector) { s.UpdateProof = nil },
		func(ctx context.Context, w *workshop, s *sector, _ request) (any, error) {
			var err error
			s.UpdateProof, err = w.manager.ProveReplicaUpdate2(ctx, s.Ref, s.Cids.Sealed,
				s.Update.NewSealed, s.Update.NewUnsealed, s.UpdateVanilla)
			return s.UpdateProof, err
		}},
	{"FinalizeReplicaUpdate",
		func(s *sector) bool { return s.UpdateFinalized },
		func(s *sector) { s.UpdateFinalized = false },
		func(ctx context.Context, w *workshop, s *sector, _ request) (any, error) {
			err := w.manager.FinalizeReplicaUpdate(ctx, s.Ref)
			s.UpdateFinalized = err == nil
			return nil, err
		}},
	{"ReleaseSectorKey",
		func(s *sector) bool { return s.KeyReleased },
		func(s *sector) { s.KeyReleased = false },
		func(ctx context.Context, w *workshop, s *sector, _ request) (any, error) {
			err := w.manager.ReleaseSectorKey(ctx, s.Ref)
			s.KeyReleased = err == nil
			return nil, err
		}},
}

// kept is what of the unsealed data stays: all of it, or nothing.
func (w *workshop) kept(r request) []storiface.Range {
	if r.words["keep"] == "" {
		return nil
	}
	return []storiface.Range{{Offset: 0, Size: w.room()}}
}

type summary struct {
	Bytes  int
	SHA256 string
}

// digest stands for an answer that is too long to print; the whole of it is in the sector's file.
func digest(bytes []byte) summary {
	sum := sha256.Sum256(bytes)
	return summary{Bytes: len(bytes), SHA256: hex.EncodeToString(sum[:])}
}
