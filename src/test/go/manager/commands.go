package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/filecoin-project/go-state-types/abi"
	"github.com/filecoin-project/go-state-types/network"
	"github.com/filecoin-project/go-state-types/proof"
	"github.com/google/uuid"
	"github.com/ipfs/go-cid"

	"github.com/filecoin-project/lotus/storage/sealer/storiface"
)

// carryOut runs a command to its end.
func (w *workshop) carryOut(ctx context.Context, r request) (any, error) {
	switch r.command {
	case "seal":
		return w.steps(ctx, r, sealSteps)
	case "snap":
		return w.steps(ctx, r, snapSteps)
	case "unseal":
		return w.onSector(r, func(s *sector) (any, error) {
			commD := s.unsealed()
			return nil, w.manager.SectorsUnsealPiece(ctx, s.Ref, 0, w.room(), s.Ticket, &commD)
		})
	case "read":
		return w.onSector(r, func(s *sector) (any, error) { return w.read(ctx, r, s) })
	case "regenerate":
		return w.onSector(r, func(s *sector) (any, error) {
			return nil, w.manager.GenerateSectorKeyFromData(ctx, s.Ref, s.unsealed())
		})
	case "remove":
		return w.onSector(r, func(s *sector) (any, error) { return nil, w.manager.Remove(ctx, s.Ref) })
	case "download":
		return w.onSector(r, func(s *sector) (any, error) { return nil, w.download(ctx, r, s) })
	case "show":
		return w.onSector(r, func(s *sector) (any, error) { return s, nil })
	case "find":
		return w.find(ctx, r)
	case "datacid":
		return w.dataCid(ctx, r)
	case "winningpost", "windowpost", "check":
		return w.post(ctx, r)
	case "index":
		return w.index.StorageList(ctx)
	case "workers":
		return w.manager.WorkerStats(ctx), nil
	case "jobs":
		return w.manager.WorkerJobs(), nil
	case "scheduler":
		return w.manager.SchedDiag(ctx, r.words["run"] != "")
	case "abort":
		return w.abort(ctx, r)
	default:
		return nil, fmt.Errorf("no such command: %s", r.command)
	}
}

// onSector runs the function on a sector that is known.
func (w *workshop) onSector(r request, run func(*sector) (any, error)) (any, error) {
	ref, err := w.sector(r)
	if err != nil {
		return nil, err
	}
	found, err := w.home.load(ref)
	if err != nil {
		return nil, err
	}
	return run(found)
}

// number reads a word that is a number, or takes the default.
func (r request) number(name string, missing uint64) (uint64, error) {
	if r.words[name] == "" {
		return missing, nil
	}
	return strconv.ParseUint(r.words[name], 10, 64)
}

// read gets unsealed data as a retrieval does: from whoever has it, and unsealing it first if need be.
func (w *workshop) read(ctx context.Context, r request, s *sector) (any, error) {
	offset, err := r.number("offset", 0)
	if err != nil {
		return nil, err
	}
	size, err := r.number("size", uint64(w.room()))
	if err != nil {
		return nil, err
	}
	reader, unsealed, err := w.pieces.ReadPiece(ctx, s.Ref, storiface.UnpaddedByteIndex(offset),
		abi.UnpaddedPieceSize(size), s.Ticket, s.unsealed())
	if err != nil {
		return nil, err
	}
	defer func() { _ = reader.Close() }()
	bytes, err := io.ReadAll(reader)
	if err != nil {
		return nil, err
	}
	return struct {
		Unsealed bool
		Data     []byte
	}{unsealed, bytes}, nil
}

// download has a worker fetch finished or unfinished files from addresses: unsealed=URL and so on.
func (w *workshop) download(ctx context.Context, r request, s *sector) error {
	sources := map[storiface.SectorFileType]storiface.SectorLocation{}
	for _, fileType := range storiface.PathTypes {
		if url := r.words[fileType.String()]; url != "" {
			sources[fileType] = storiface.SectorLocation{URL: url}
		}
	}
	return w.manager.DownloadSectorData(ctx, s.Ref, r.words["finalized"] != "", sources)
}

// find tells for each kind of file where the index has it.
func (w *workshop) find(ctx context.Context, r request) (any, error) {
	ref, err := w.sector(r)
	if err != nil {
		return nil, err
	}
	found := map[string][]storiface.SectorStorageInfo{}
	for _, fileType := range storiface.PathTypes {
		stores, err := w.index.StorageFindSector(ctx, ref.ID, fileType, 0, false)
		if err != nil {
			return nil, err
		}
		if len(stores) > 0 {
			found[fileType.String()] = stores
		}
	}
	return found, nil
}

func (w *workshop) dataCid(ctx context.Context, r request) (any, error) {
	size, err := r.number("size", uint64(w.room()))
	if err != nil {
		return nil, err
	}
	source, err := r.source()
	if err != nil {
		return nil, err
	}
	return w.manager.DataCid(ctx, abi.UnpaddedPieceSize(size), source(abi.UnpaddedPieceSize(size)))
}

func (w *workshop) abort(ctx context.Context, r request) (any, error) {
	ref, err := w.sector(r)
	if err != nil {
		return nil, err
	}
	id, err := uuid.Parse(r.words["call"])
	if err != nil {
		return nil, err
	}
	return nil, w.manager.Abort(ctx, storiface.CallID{Sector: ref.ID, ID: id})
}

// post proves (or, with check, only reads) the sectors of sectors=1,2 with randomness=HEX or a random one.
func (w *workshop) post(ctx context.Context, r request) (any, error) {
	var refs []storiface.SectorRef
	var infos []proof.ExtendedSectorInfo
	known := map[abi.SectorID]*sector{}
	for _, word := range strings.Split(r.words["sectors"], ",") {
		number, err := strconv.ParseUint(word, 10, 63)
		if err != nil {
			return nil, fmt.Errorf("%s needs sectors=NUMBER,…", r.command)
		}
		found, err := w.home.load(w.ref(abi.SectorNumber(number)))
		if err != nil {
			return nil, err
		}
		known[found.Ref.ID] = found
		refs = append(refs, found.Ref)
		infos = append(infos, found.info())
	}
	random := randomness()
	if text := r.words["randomness"]; text != "" {
		bytes, err := hex.DecodeString(text)
		if err != nil || len(bytes) != 32 {
			return nil, fmt.Errorf("randomness=%s: 64 hexadecimal digits", text)
		}
		random = bytes
	}
	window, err := w.proof.RegisteredWindowPoStProofByNetworkVersion(network.Version27)
	if err != nil {
		return nil, err
	}
	out := postResult{Randomness: hex.EncodeToString(random)}
	switch r.command {
	case "winningpost":
		out.Proofs, err = w.manager.GenerateWinningPoSt(ctx, w.miner, infos, random)
	case "windowpost":
		out.Proofs, out.Skipped, err = w.manager.GenerateWindowPoSt(ctx, w.miner, window, infos, random)
	default:
		var bad map[abi.SectorID]string
		bad, err = w.manager.CheckProvable(ctx, window, refs,
			func(_ context.Context, id abi.SectorID) (cid.Cid, bool, error) {
				sealed, update := known[id].sealed()
				return sealed, update, nil
			})
		out.Bad = map[abi.SectorNumber]string{}
		for id, reason := range bad {
			out.Bad[id.Number] = reason
		}
	}
	return out, err
}

// postResult is what a proof of spacetime or its check gave.
type postResult struct {
	Randomness string
	Proofs     []proof.PoStProof
	Skipped    []abi.SectorID
	Bad        map[abi.SectorNumber]string `json:",omitempty"`
}

// info describes the sector as the chain would.
func (s *sector) info() proof.ExtendedSectorInfo {
	sealed, update := s.sealed()
	info := proof.ExtendedSectorInfo{SealProof: s.Ref.ProofType, SectorNumber: s.Ref.ID.Number, SealedCID: sealed}
	if update {
		info.SectorKey = &s.Cids.Sealed
	}
	return info
}
