// Package lines is how the programs talk to a test: a command a line on stdin, a JSON object a line
// on stdout. Logs go to stderr.
package lines

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
)

// Event is one answer.
type Event map[string]any

var mutex sync.Mutex

// Say prints an event. A value that has no JSON form is a mistake in the program, so it ends there.
func Say(event Event) {
	text, err := json.Marshal(event)
	if err != nil {
		Fail(err)
	}
	mutex.Lock()
	defer mutex.Unlock()
	fmt.Println(string(text))
}

// Fail prints why the program cannot go on, and ends it.
func Fail(err error) {
	fmt.Fprintln(os.Stderr, "error:", err)
	os.Exit(1)
}

// Each calls the function for every line of the input that is neither empty nor a comment.
func Each(input io.Reader, each func(line string)) {
	scanner := bufio.NewScanner(input)
	scanner.Buffer(nil, 256<<20)
	for scanner.Scan() {
		line := strings.TrimSpace(scanner.Text())
		if line != "" && !strings.HasPrefix(line, "#") {
			each(line)
		}
	}
	if err := scanner.Err(); err != nil {
		Fail(err)
	}
}
