package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/filecoin-project/go-state-types/abi"
	"github.com/google/uuid"
	"github.com/multiformats/go-multiaddr"

	"github.com/filecoin-project/lotus/storage/sealer/storiface"
)

// repo is the directory of the miner. What is in it outlives a kill, as in a lotus-miner.
type repo struct {
	directory   string
	storageJSON string
	secret      []byte
}

func openRepo(directory string, store bool) (*repo, error) {
	if directory == "" {
		return nil, errors.New("-repo is missing: name a directory")
	}
	absolute, err := filepath.Abs(directory)
	if err != nil {
		return nil, err
	}
	home := &repo{directory: absolute, storageJSON: filepath.Join(absolute, "storage.json")}
	if err := os.MkdirAll(home.path("sectors"), 0o755); err != nil {
		return nil, err
	}
	home.secret, err = os.ReadFile(home.path("secret"))
	if errors.Is(err, os.ErrNotExist) {
		err = home.initialise(store)
	}
	return home, err
}

func (r *repo) initialise(store bool) error {
	config := storiface.StorageConfig{StoragePaths: []storiface.LocalPath{}}
	if store {
		meta := storiface.LocalStorageMeta{ID: storiface.ID(uuid.NewString()), Weight: 10, CanStore: true}
		if err := os.MkdirAll(r.path("store"), 0o755); err != nil {
			return err
		}
		if err := writeJSON(r.path("store", "sectorstore.json"), meta); err != nil {
			return err
		}
		config.StoragePaths = append(config.StoragePaths, storiface.LocalPath{Path: r.path("store")})
	}
	if err := writeJSON(r.storageJSON, config); err != nil {
		return err
	}
	r.secret = make([]byte, 32)
	if _, err := rand.Read(r.secret); err != nil {
		return err
	}
	return writeFile(r.path("secret"), r.secret) // last: its presence says that the rest is there
}

// announce writes the two files that a worker or a command line looks for.
func (r *repo) announce(endpoint multiaddr.Multiaddr, token []byte) error {
	if err := writeFile(r.path("token"), token); err != nil {
		return err
	}
	return writeFile(r.path("api"), []byte(endpoint.String()))
}

func (r *repo) withdraw() {
	_ = os.Remove(r.path("api"))
}

func (r *repo) path(parts ...string) string {
	return filepath.Join(append([]string{r.directory}, parts...)...)
}

func (r *repo) sectorFile(number abi.SectorNumber) string {
	return r.path("sectors", fmt.Sprintf("%d.json", number))
}

func writeJSON(path string, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(path, text)
}

// writeFile replaces a file whole.
func writeFile(path string, content []byte) error {
	if err := os.WriteFile(path+".new", content, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
