package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/filecoin-project/go-state-types/abi"

	"github.com/filecoin-project/lotus/storage/pipeline/lib/nullreader"
)

// addPieces fills a sector. Without data= the pieces are zeros and travel as a "null" reader, as in a
// pledged sector; with data=FILE they are the bytes of the file, and are pushed.
func (w *workshop) addPieces(ctx context.Context, s *sector, r request) ([]abi.PieceInfo, error) {
	sizes, err := w.pieceSizes(r.words["pieces"])
	if err != nil {
		return nil, err
	}
	source, err := r.source()
	if err != nil {
		return nil, err
	}
	pieces := []abi.PieceInfo{}
	existing := []abi.UnpaddedPieceSize{}
	for _, size := range sizes {
		piece, err := w.manager.AddPiece(ctx, s.Ref, existing, size, source(size))
		if err != nil {
			return nil, err
		}
		pieces = append(pieces, piece)
		existing = append(existing, size)
	}
	return pieces, nil
}

// room is how many bytes of data a sector takes.
func (w *workshop) room() abi.UnpaddedPieceSize {
	return abi.PaddedPieceSize(w.size).Unpadded()
}

func (w *workshop) pieceSizes(text string) ([]abi.UnpaddedPieceSize, error) {
	if text == "" {
		return []abi.UnpaddedPieceSize{w.room()}, nil
	}
	var sizes []abi.UnpaddedPieceSize
	for _, word := range strings.Split(text, ",") {
		size, err := strconv.ParseUint(word, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("pieces=%s: unpadded sizes, such as 1016,1016", text)
		}
		sizes = append(sizes, abi.UnpaddedPieceSize(size))
	}
	return sizes, nil
}

// source makes the readers of the pieces one after the other.
func (r request) source() (func(abi.UnpaddedPieceSize) io.Reader, error) {
	if r.words["data"] == "" {
		return nullreader.NewNullReader, nil
	}
	content, err := os.ReadFile(r.words["data"])
	if err != nil {
		return nil, err
	}
	rest := bytes.NewReader(content)
	return func(size abi.UnpaddedPieceSize) io.Reader {
		piece, _ := io.ReadAll(io.LimitReader(rest, int64(size)))
		if r.words["chunked"] != "" {
			return io.MultiReader(bytes.NewReader(piece)) // hides the length
		}
		return bytes.NewReader(piece)
	}, nil
}
