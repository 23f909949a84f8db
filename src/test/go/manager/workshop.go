package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/filecoin-project/go-state-types/abi"

	"github.com/filecoin-project/lotus/storage/paths"
	"github.com/filecoin-project/lotus/storage/sealer"
	"github.com/filecoin-project/lotus/storage/sealer/storiface"

	"lotuspeer/lines"
)

// softRetry is the pause before a phase is asked for again at once, as in lotus-miner's sealing code.
const softRetry = 5 * time.Second

// workshop carries out the commands, each beside the others.
type workshop struct {
	manager *sealer.Manager
	index   paths.SectorIndex
	home    *repo
	pieces  sealer.PieceProvider
	miner   abi.ActorID
	proof   abi.RegisteredSealProof
	size    abi.SectorSize

	mutex sync.Mutex
	busy  map[abi.SectorNumber]bool
}

// request is a command with its words: name=value.
type request struct {
	command string
	words   map[string]string
}

func parse(line string) request {
	fields := strings.Fields(line)
	r := request{command: fields[0], words: map[string]string{}}
	for _, field := range fields[1:] {
		name, value, _ := strings.Cut(field, "=")
		r.words[name] = value
	}
	return r
}

// say prints an event of this command.
func (r request) say(event string, more lines.Event) {
	out := lines.Event{"event": event, "command": r.command}
	if tag, given := r.words["tag"]; given {
		out["tag"] = tag
	}
	if number, err := strconv.ParseUint(r.words["sector"], 10, 63); err == nil {
		out["sector"] = number
	}
	for name, value := range more {
		out[name] = value
	}
	lines.Say(out)
}

// start begins a command and returns at once.
func (w *workshop) start(ctx context.Context, line string) {
	r := parse(line)
	go func() {
		result, err := w.carryOut(ctx, r)
		if err != nil {
			r.say("failed", failure(err))
			return
		}
		r.say("done", lines.Event{"result": result})
	}()
}

// failure shows the code of a worker's error, by which lotus-miner decides what to repeat.
func failure(err error) lines.Event {
	out := lines.Event{"error": err.Error()}
	var ofWorker *storiface.CallError
	if errors.As(err, &ofWorker) {
		out["code"] = ofWorker.Code
	}
	return out
}

// sector names the sector of a command.
func (w *workshop) sector(r request) (storiface.SectorRef, error) {
	number, err := strconv.ParseUint(r.words["sector"], 10, 63)
	if err != nil {
		return storiface.SectorRef{}, fmt.Errorf("%s needs sector=NUMBER", r.command)
	}
	return w.ref(abi.SectorNumber(number)), nil
}

func (w *workshop) ref(number abi.SectorNumber) storiface.SectorRef {
	return storiface.SectorRef{ID: abi.SectorID{Miner: w.miner, Number: number}, ProofType: w.proof}
}

// claim keeps two commands from working on the same sector.
func (w *workshop) claim(number abi.SectorNumber) (release func(), err error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.busy[number] {
		return nil, fmt.Errorf("sector %d: another command works on it", number)
	}
	w.busy[number] = true
	return func() {
		w.mutex.Lock()
		defer w.mutex.Unlock()
		delete(w.busy, number)
	}, nil
}

// steps runs what is left of the steps: all, from one again (from=STEP), up to one (until=STEP).
func (w *workshop) steps(ctx context.Context, r request, steps []step) (any, error) {
	ref, err := w.sector(r)
	if err != nil {
		return nil, err
	}
	release, err := w.claim(ref.ID.Number)
	if err != nil {
		return nil, err
	}
	defer release()
	found, err := w.home.load(ref)
	if err != nil {
		return nil, err
	}
	if err := adjust(found, r, steps); err != nil {
		return nil, err
	}
	for _, next := range steps {
		if !next.finished(found) {
			if err := w.step(ctx, r, found, next); err != nil {
				return nil, fmt.Errorf("%s: %w", next.name, err)
			}
		}
		if next.name == r.words["until"] {
			break
		}
	}
	return nil, nil
}

func adjust(s *sector, r request, steps []step) error {
	for name, target := range map[string]*[]byte{"ticket": (*[]byte)(&s.Ticket), "seed": (*[]byte)(&s.Seed)} {
		if text := r.words[name]; text != "" {
			bytes, err := hex.DecodeString(text)
			if err != nil || len(bytes) != 32 {
				return fmt.Errorf("%s=%s: 64 hexadecimal digits", name, text)
			}
			*target = bytes
		}
	}
	if from := r.words["from"]; from != "" {
		return s.forget(steps, from)
	}
	return nil
}

// step runs one step; the first two phases are repeated on the two soft errors, and only they.
func (w *workshop) step(ctx context.Context, r request, s *sector, next step) error {
	if err := w.home.save(s); err != nil {
		return err
	}
	for {
		begin := time.Now()
		result, err := next.run(ctx, w, s, r)
		if err == nil {
			r.say("step", lines.Event{"step": next.name, "result": result,
				"millis": time.Since(begin).Milliseconds()})
			return w.home.save(s)
		}
		if !soft(err) || !strings.HasPrefix(next.name, "SealPreCommit") {
			return err
		}
		more := failure(err)
		more["step"] = next.name
		r.say("retry", more)
		time.Sleep(softRetry)
	}
}

func soft(err error) bool {
	var ofWorker *storiface.CallError
	return errors.As(err, &ofWorker) &&
		(ofWorker.Code == storiface.ErrTempWorkerRestart || ofWorker.Code == storiface.ErrTempAllocateSpace)
}
