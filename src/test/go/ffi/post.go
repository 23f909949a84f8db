package ffi

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/filecoin-project/go-state-types/abi"
	"github.com/filecoin-project/go-state-types/proof"
)

const (
	winningPoStChallenges = 66
	windowPoStChallenges  = 10
	nodeBytes             = 32
)

// FallbackChallenges names the leaves of each sector that a proof of spacetime has to show.
type FallbackChallenges struct {
	Sectors    []abi.SectorNumber
	Challenges map[abi.SectorNumber][]uint64
}

// PartitionProof is the proof of one partition of a window.
type PartitionProof proof.PoStProof

// GeneratePoStFallbackSectorChallenges is real, because the miner makes the challenges and a worker
// only answers them. A challenge is the first eight bytes (little endian) of
// SHA-256(randomness, sector number, index), modulo the leaves of the sector.
func GeneratePoStFallbackSectorChallenges(postType abi.RegisteredPoStProof, _ abi.ActorID,
	randomness abi.PoStRandomness, sectors []abi.SectorNumber) (*FallbackChallenges, error) {
	size, err := postType.SectorSize()
	if err != nil {
		return nil, err
	}
	count, perSector, err := indexing(postType)
	if err != nil {
		return nil, err
	}
	out := &FallbackChallenges{Challenges: map[abi.SectorNumber][]uint64{}}
	for position, sector := range sectors {
		challenges := make([]uint64, count)
		for i := range challenges {
			index := uint64(i)
			if perSector {
				index += uint64(position * count)
			}
			challenges[i] = leaf(randomness, uint64(sector), index, uint64(size)/nodeBytes)
		}
		out.Sectors = append(out.Sectors, sector)
		out.Challenges[sector] = challenges
	}
	return out, nil
}

// indexing tells how many challenges a sector gets, and whether the position of the sector counts in
// the index (first version of the window proof, and winning proof) or not (version 1.1).
func indexing(postType abi.RegisteredPoStProof) (count int, perSector bool, err error) {
	switch {
	case postType < abi.RegisteredPoStProof_StackedDrgWindow2KiBV1:
		return winningPoStChallenges, true, nil
	case postType < abi.RegisteredPoStProof_StackedDrgWindow2KiBV1_1:
		return windowPoStChallenges, true, nil
	case postType <= abi.RegisteredPoStProof_StackedDrgWindow64GiBV1_1:
		return windowPoStChallenges, false, nil
	default:
		return 0, false, fmt.Errorf("unknown proof of spacetime %d", postType)
	}
}

func leaf(randomness []byte, sector, index, leaves uint64) uint64 {
	var numbers [16]byte
	binary.LittleEndian.PutUint64(numbers[:8], sector)
	binary.LittleEndian.PutUint64(numbers[8:], index)
	digest := sha256.New()
	digest.Write(randomness)
	digest.Write(numbers[:])
	return binary.LittleEndian.Uint64(digest.Sum(nil)) % leaves
}

// MergeWindowPoStPartitionProofs is real: the proofs of the partitions stand one after the other.
func MergeWindowPoStPartitionProofs(postType abi.RegisteredPoStProof,
	partitions []PartitionProof) (*proof.PoStProof, error) {
	merged := &proof.PoStProof{PoStProof: postType}
	for _, partition := range partitions {
		merged.ProofBytes = append(merged.ProofBytes, partition.ProofBytes...)
	}
	return merged, nil
}

// GenerateWinningPoStSectorChallenge fails.
func GenerateWinningPoStSectorChallenge(_ abi.RegisteredPoStProof, _ abi.ActorID, _ abi.PoStRandomness,
	_ uint64) ([]uint64, error) {
	return nil, errNoProofs
}

// GenerateSingleVanillaProof fails.
func GenerateSingleVanillaProof(_ PrivateSectorInfo, _ []uint64) ([]byte, error) {
	return nil, errNoProofs
}

// GenerateWinningPoSt fails.
func GenerateWinningPoSt(_ abi.ActorID, _ SortedPrivateSectorInfo,
	_ abi.PoStRandomness) ([]proof.PoStProof, error) {
	return nil, errNoProofs
}

// GenerateWindowPoSt fails.
func GenerateWindowPoSt(_ abi.ActorID, _ SortedPrivateSectorInfo,
	_ abi.PoStRandomness) ([]proof.PoStProof, []abi.SectorNumber, error) {
	return nil, nil, errNoProofs
}

// GenerateWinningPoStWithVanilla fails.
func GenerateWinningPoStWithVanilla(_ abi.RegisteredPoStProof, _ abi.ActorID, _ abi.PoStRandomness,
	_ [][]byte) ([]proof.PoStProof, error) {
	return nil, errNoProofs
}

// GenerateSinglePartitionWindowPoStWithVanilla fails.
func GenerateSinglePartitionWindowPoStWithVanilla(_ abi.RegisteredPoStProof, _ abi.ActorID,
	_ abi.PoStRandomness, _ [][]byte, _ uint) (*PartitionProof, error) {
	return nil, errNoProofs
}
