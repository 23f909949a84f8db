package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"

	"github.com/filecoin-project/go-state-types/abi"
	"github.com/filecoin-project/lotus/lib/httpreader"
	"github.com/filecoin-project/lotus/storage/pipeline/lib/nullreader"

	"lotuspeer/lines"
)

var readerType = reflect.TypeOf((*io.Reader)(nil)).Elem()

// data is how a test writes a reader parameter: one of its members is set.
type data struct {
	Null *abi.UnpaddedPieceSize // as many zeros, sent as type "null"
	Push []byte                 // bytes to push; with Content-Length unless Chunked is set
	HTTP string                 // an address where the worker fetches the bytes itself

	Chunked bool
}

// newReader makes the reader of which Lotus's client makes the parameter of the right type.
func newReader(param json.RawMessage) (io.Reader, error) {
	var spec data
	if err := json.Unmarshal(param, &spec); err != nil {
		return nil, err
	}
	switch {
	case spec.Null != nil:
		return nullreader.NewNullReader(*spec.Null), nil
	case spec.HTTP != "":
		return &httpreader.HttpReader{URL: spec.HTTP}, nil
	case spec.Push != nil && spec.Chunked:
		return &pushed{from: bytes.NewReader(spec.Push)}, nil
	case spec.Push != nil:
		return bytes.NewReader(spec.Push), nil
	default:
		return nil, errors.New(`a reader is {"Null":bytes}, {"Push":base64} or {"HTTP":address}`)
	}
}

// pushed hides the length of the data and says when the worker took all of it.
type pushed struct {
	from  io.Reader
	bytes int64
}

func (p *pushed) Read(buffer []byte) (int, error) {
	count, err := p.from.Read(buffer)
	p.bytes += int64(count)
	if errors.Is(err, io.EOF) {
		lines.Say(lines.Event{"event": "pushed", "bytes": p.bytes})
	}
	return count, err
}
