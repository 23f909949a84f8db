// Command workerclient calls the API of a worker with the client that a lotus-miner uses (or that of
// a miner with the client of a lotus-worker), and prints what that client decoded. See ../README.md.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"time"

	"github.com/filecoin-project/go-jsonrpc"
	"github.com/filecoin-project/lotus/api/client"

	"lotuspeer/lines"
)

type call struct {
	Method string
	Params []json.RawMessage
}

func main() {
	address := flag.String("url", "", "the worker's API, such as http://127.0.0.1:3456/rpc/v0 (or ws://)")
	token := flag.String("token", os.Getenv("TOKEN"), "token to send; empty sends none (default: $TOKEN)")
	miner := flag.Bool("miner", false, "the address is a miner's: call that API, as a worker does")
	flag.Parse()
	header := http.Header{}
	if *token != "" {
		header.Set("Authorization", "Bearer "+*token)
	}
	server, closer, err := connect(*address, header, *miner)
	if err != nil {
		lines.Fail(err)
	}
	defer closer()
	lines.Each(os.Stdin, func(line string) {
		var next call
		if err := json.Unmarshal([]byte(line), &next); err != nil {
			lines.Fail(fmt.Errorf("%q is not {\"method\":…,\"params\":[…]}: %w", line, err))
		}
		lines.Say(answer(reflect.ValueOf(server), next))
	})
}

func connect(address string, header http.Header, miner bool) (any, jsonrpc.ClientCloser, error) {
	if miner {
		return client.NewStorageMinerRPCV0(context.Background(), address, header)
	}
	return client.NewWorkerRPCV0(context.Background(), address, header)
}

// answer makes the call and tells what came of it.
func answer(server reflect.Value, next call) lines.Event {
	out := lines.Event{"event": "answer", "method": next.Method}
	method := server.MethodByName(next.Method)
	if !method.IsValid() {
		lines.Fail(fmt.Errorf("there is no method %q", next.Method))
	}
	arguments, err := decode(method.Type(), next.Params)
	if err != nil {
		lines.Fail(fmt.Errorf("parameters of %s: %w", next.Method, err))
	}
	start := time.Now()
	results := method.Call(append([]reflect.Value{reflect.ValueOf(context.Background())}, arguments...))
	out["millis"] = time.Since(start).Milliseconds()
	if failure, failed := results[len(results)-1].Interface().(error); failed {
		describe(out, failure)
	} else if len(results) == 2 {
		out["result"] = results[0].Interface()
	} else {
		out["result"] = nil
	}
	return out
}

// describe tells an error of the worker (it has a code) from one of the connection (it has none).
func describe(out lines.Event, failure error) {
	out["error"] = failure.Error()
	out["type"] = fmt.Sprintf("%T", failure)
	var ofWorker *jsonrpc.JSONRPCError
	if errors.As(failure, &ofWorker) {
		out["code"] = ofWorker.Code
	}
}

// decode turns the parameters into what the method takes after its context.
func decode(method reflect.Type, params []json.RawMessage) ([]reflect.Value, error) {
	if len(params) != method.NumIn()-1 {
		return nil, fmt.Errorf("takes %d, got %d", method.NumIn()-1, len(params))
	}
	arguments := make([]reflect.Value, len(params))
	for i, param := range params {
		wanted := method.In(i + 1)
		if wanted == readerType {
			reader, err := newReader(param)
			if err != nil {
				return nil, fmt.Errorf("parameter %d: %w", i+1, err)
			}
			arguments[i] = reflect.ValueOf(reader)
			continue
		}
		value := reflect.New(wanted)
		if err := json.Unmarshal(param, value.Interface()); err != nil {
			return nil, fmt.Errorf("parameter %d: %w", i+1, err)
		}
		arguments[i] = value.Elem()
	}
	return arguments, nil
}
