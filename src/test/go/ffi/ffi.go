// Package ffi stands in for filecoin-ffi, so that Lotus's manager and scheduler build without
// Rust. It has only what Lotus's storage packages need. Whatever seals, proves or verifies returns
// errNoProofs: that work has to be done by a worker. What is plain arithmetic (post.go) is real.
package ffi

import (
	"errors"
	"os"

	"github.com/ipfs/go-cid"

	"github.com/filecoin-project/go-state-types/abi"
	"github.com/filecoin-project/go-state-types/proof"
)

var errNoProofs = errors.New("this build has no proofs: a remote worker must do the work")

// PrivateSectorInfo says where the files of a sector are.
type PrivateSectorInfo struct {
	proof.SectorInfo
	CacheDirPath     string
	PoStProofType    abi.RegisteredPoStProof
	SealedSectorPath string
}

// SortedPrivateSectorInfo is a list of sectors; nothing here reads it.
type SortedPrivateSectorInfo struct{}

// NewSortedPrivateSectorInfo drops its arguments.
func NewSortedPrivateSectorInfo(...PrivateSectorInfo) SortedPrivateSectorInfo {
	return SortedPrivateSectorInfo{}
}

// GetGPUDevices finds none.
func GetGPUDevices() ([]string, error) {
	return nil, nil
}

// SealPreCommitPhase1 fails.
func SealPreCommitPhase1(_ abi.RegisteredSealProof, _, _, _ string, _ abi.SectorNumber, _ abi.ActorID,
	_ abi.SealRandomness, _ []abi.PieceInfo) ([]byte, error) {
	return nil, errNoProofs
}

// SealPreCommitPhase2 fails.
func SealPreCommitPhase2(_ []byte, _, _ string) (cid.Cid, cid.Cid, error) {
	return cid.Undef, cid.Undef, errNoProofs
}

// SealCommitPhase1 fails.
func SealCommitPhase1(_ abi.RegisteredSealProof, _, _ cid.Cid, _, _ string, _ abi.SectorNumber,
	_ abi.ActorID, _ abi.SealRandomness, _ abi.InteractiveSealRandomness, _ []abi.PieceInfo) ([]byte, error) {
	return nil, errNoProofs
}

// SealCommitPhase2 fails.
func SealCommitPhase2(_ []byte, _ abi.SectorNumber, _ abi.ActorID) ([]byte, error) {
	return nil, errNoProofs
}

// GenerateSDR fails.
func GenerateSDR(_ abi.RegisteredSealProof, _ string, _ [32]byte) error {
	return errNoProofs
}

// GenerateSynthProofs fails.
func GenerateSynthProofs(_ abi.RegisteredSealProof, _, _ cid.Cid, _, _ string, _ abi.SectorNumber,
	_ abi.ActorID, _ abi.SealRandomness, _ []abi.PieceInfo) error {
	return errNoProofs
}

// ClearCache fails.
func ClearCache(_ string) error {
	return errNoProofs
}

// ClearSyntheticProofs fails.
func ClearSyntheticProofs(_ string) error {
	return errNoProofs
}

// UnsealRange fails.
func UnsealRange(_ abi.RegisteredSealProof, _ string, _, _ *os.File, _ abi.SectorNumber, _ abi.ActorID,
	_ abi.SealRandomness, _ cid.Cid, _, _ uint64) error {
	return errNoProofs
}

// AggregateSealProofs fails.
func AggregateSealProofs(_ proof.AggregateSealVerifyProofAndInfos, _ [][]byte) ([]byte, error) {
	return nil, errNoProofs
}

// VerifySeal fails.
func VerifySeal(_ proof.SealVerifyInfo) (bool, error) {
	return false, errNoProofs
}

// VerifyAggregateSeals fails.
func VerifyAggregateSeals(_ proof.AggregateSealVerifyProofAndInfos) (bool, error) {
	return false, errNoProofs
}

// VerifyWinningPoSt fails.
func VerifyWinningPoSt(_ proof.WinningPoStVerifyInfo) (bool, error) {
	return false, errNoProofs
}

// VerifyWindowPoSt fails.
func VerifyWindowPoSt(_ proof.WindowPoStVerifyInfo) (bool, error) {
	return false, errNoProofs
}

type functionsSectorUpdate struct{}

// SectorUpdate holds what SnapDeals need; all of it fails.
var SectorUpdate = functionsSectorUpdate{}

func (functionsSectorUpdate) EncodeInto(_ abi.RegisteredUpdateProof, _, _, _, _, _ string,
	_ []abi.PieceInfo) (cid.Cid, cid.Cid, error) {
	return cid.Undef, cid.Undef, errNoProofs
}

func (functionsSectorUpdate) DecodeFrom(_ abi.RegisteredUpdateProof, _, _, _, _ string, _ cid.Cid) error {
	return errNoProofs
}

func (functionsSectorUpdate) RemoveData(_ abi.RegisteredUpdateProof, _, _, _, _, _ string, _ cid.Cid) error {
	return errNoProofs
}

func (functionsSectorUpdate) GenerateUpdateVanillaProofs(_ abi.RegisteredUpdateProof, _, _, _ cid.Cid,
	_, _, _, _ string) ([][]byte, error) {
	return nil, errNoProofs
}

func (functionsSectorUpdate) GenerateUpdateProofWithVanilla(_ abi.RegisteredUpdateProof, _, _, _ cid.Cid,
	_ [][]byte) ([]byte, error) {
	return nil, errNoProofs
}

func (functionsSectorUpdate) VerifyUpdateProof(_ proof.ReplicaUpdateInfo) (bool, error) {
	return false, errNoProofs
}
