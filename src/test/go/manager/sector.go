package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"os"

	"github.com/filecoin-project/go-state-types/abi"
	"github.com/ipfs/go-cid"

	"github.com/filecoin-project/lotus/storage/sealer/storiface"
)

// sector is what a lotus-miner keeps of a sector in its own state: the answers of the steps. The next
// step is the first one without an answer, also after a restart.
type sector struct {
	Ref    storiface.SectorRef
	Ticket abi.SealRandomness
	Seed   abi.InteractiveSealRandomness

	Pieces     []abi.PieceInfo
	PreCommit1 storiface.PreCommit1Out
	Cids       *storiface.SectorCids
	Commit1    storiface.Commit1Out
	Proof      storiface.Proof
	Released   bool
	Finalized  bool

	UpdatePieces    []abi.PieceInfo
	Update          *storiface.ReplicaUpdateOut
	UpdateVanilla   storiface.ReplicaVanillaProofs
	UpdateProof     storiface.ReplicaUpdateProof
	UpdateFinalized bool
	KeyReleased     bool
}

// load reads a sector, or makes a new one with random ticket and seed.
func (r *repo) load(ref storiface.SectorRef) (*sector, error) {
	text, err := os.ReadFile(r.sectorFile(ref.ID.Number))
	if errors.Is(err, os.ErrNotExist) {
		return &sector{Ref: ref, Ticket: randomness(), Seed: randomness()}, nil
	}
	if err != nil {
		return nil, err
	}
	var found sector
	return &found, json.Unmarshal(text, &found)
}

func (r *repo) save(s *sector) error {
	return writeJSON(r.sectorFile(s.Ref.ID.Number), s)
}

// randomness has the two highest bits clear, so that it is a number of the proofs' field.
func randomness() []byte {
	bytes := make([]byte, 32)
	if _, err := rand.Read(bytes); err != nil {
		panic(err)
	}
	bytes[31] &= 0x3f
	return bytes
}

// sealed is the CID and the kind that a proof of spacetime asks about.
func (s *sector) sealed() (sealed cid.Cid, update bool) {
	switch {
	case s.Update != nil && s.UpdateProof != nil:
		return s.Update.NewSealed, true
	case s.Cids != nil:
		return s.Cids.Sealed, false
	default:
		return cid.Undef, false
	}
}

// unsealed is the CID of the data that the sector holds now.
func (s *sector) unsealed() cid.Cid {
	switch {
	case s.Update != nil:
		return s.Update.NewUnsealed
	case s.Cids != nil:
		return s.Cids.Unsealed
	default:
		return cid.Undef
	}
}

// forget drops the answers from the named step on, so that the steps run again.
func (s *sector) forget(steps []step, from string) error {
	for i, one := range steps {
		if one.name == from {
			for _, later := range steps[i:] {
				later.forget(s)
			}
			return nil
		}
	}
	return errors.New("no step named " + from)
}
