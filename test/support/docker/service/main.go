// The example service as one static binary, so that an image of it needs nothing else. It answers as
// examples/service.ts does; called as `wget`, it asks for its last argument, as health checks do.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

var flagName = regexp.MustCompile(`^[A-Z0-9_]+_ENABLED$`)

// Once it is there, health checks fail; requests are answered as ever. Called with `sicken`, the program makes it.
const sick = "/tmp/sick"

func main() {
	if os.Args[len(os.Args)-1] == "sicken" {
		_ = os.WriteFile(sick, nil, 0o600)
		return
	}
	if filepath.Base(os.Args[0]) == "wget" {
		wget(os.Args[len(os.Args)-1])
	}
	if words := os.Getenv("CRASH"); words != "" {
		fmt.Println(words)
		os.Exit(3)
	}
	serve()
}

func wget(url string) {
	if _, err := os.Stat(sick); err == nil {
		fmt.Println("wget: sick")
		os.Exit(1)
	}
	client := http.Client{Timeout: 2 * time.Second}
	response, err := client.Get(url)
	if err != nil {
		fmt.Println("wget:", err)
		os.Exit(1)
	}
	if response.StatusCode != http.StatusOK {
		fmt.Println("wget: server returned error: HTTP/1.1", response.Status)
		os.Exit(8)
	}
	os.Exit(0)
}

func serve() {
	fromEnv := map[string]string{}
	for _, entry := range os.Environ() {
		name, value, _ := strings.Cut(entry, "=")
		if flagName.MatchString(name) && (value == "true" || value == "false") {
			fromEnv[name] = value
		}
	}
	host, _ := os.Hostname()
	mux := http.NewServeMux()
	mux.HandleFunc("/broken", func(response http.ResponseWriter, _ *http.Request) {
		fmt.Println("no connection to the database at db:5432")
		http.Error(response, "no database", http.StatusServiceUnavailable)
	})
	mux.HandleFunc("/", func(response http.ResponseWriter, request *http.Request) {
		flags := map[string]string{}
		for name, value := range fromEnv {
			flags[name] = value
		}
		for name, values := range request.Header {
			if lower := strings.ToLower(name); strings.HasPrefix(lower, "x-flag-") {
				flags[lower] = values[0]
			}
		}
		if !strings.Contains(request.Header.Get("Cookie"), "session=") {
			response.Header().Set("Set-Cookie", "session=own; Path=/")
		}
		delay, _ := strconv.Atoi(request.URL.Query().Get("delay"))
		time.Sleep(time.Duration(min(delay, 10_000)) * time.Millisecond)
		response.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(response).Encode(map[string]any{
			"service": os.Getenv("SLUICE_SERVICE"), "variant": os.Getenv("SLUICE_VARIANT"), "pid": os.Getpid(), "host": host,
			"flags": flags, "path": request.URL.String(), "tester": request.Header.Get("X-Sluice-Tester"), "writes": writes(),
		})
	})
	server := &http.Server{Addr: ":" + os.Getenv("PORT"), Handler: mux}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM, syscall.SIGINT)
	done := make(chan struct{})
	go func() {
		<-ended
		_ = server.Shutdown(context.Background())
		close(done)
	}()
	fmt.Println("listening on", server.Addr)
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		fmt.Println(err)
		os.Exit(1)
	}
	<-done
}

// writes tells which of a few places can be written to, for a look at how the container is confined.
func writes() []string {
	places := []string{}
	for _, place := range []string{"/", "/tmp", "/etc/sluice/flagd"} {
		if file, err := os.CreateTemp(place, "probe"); err == nil {
			places = append(places, place)
			_ = os.Remove(file.Name())
			_ = file.Close()
		}
	}
	return places
}
