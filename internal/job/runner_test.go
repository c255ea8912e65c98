package job

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// counter is a task body that notes when it ran, on the bubble's clock.
type counter struct {
	mu   sync.Mutex
	runs []time.Time
	err  error
}

func (c *counter) run(context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.runs = append(c.runs, time.Now())
	return c.err
}

func (c *counter) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.runs)
}

// pauses answers the times between runs.
func (c *counter) pauses() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []time.Duration
	for i := 1; i < len(c.runs); i++ {
		out = append(out, c.runs[i].Sub(c.runs[i-1]))
	}
	return out
}

func wantRuns(t *testing.T, c *counter, want int) {
	t.Helper()
	synctest.Wait()
	if got := c.count(); got != want {
		t.Fatalf("task ran %d times, want %d", got, want)
	}
}

func TestRunner_repeatsAtItsInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c counter
		var r Runner
		r.Add(Task{Name: "count", Run: c.run, Interval: time.Minute})
		r.Start(t.Context())
		defer r.Stop()
		wantRuns(t, &c, 1)
		time.Sleep(10*time.Minute + time.Second) // the bubble's clock: takes no time
		wantRuns(t, &c, 11)
	})
}

func TestRunner_asksPauseAfterEachRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c counter
		pauses := []time.Duration{time.Second, 2 * time.Second, time.Hour}
		var r Runner
		r.Add(Task{Name: "count", Run: c.run, Interval: time.Nanosecond, Pause: func() time.Duration {
			pause := pauses[0]
			pauses = pauses[1:]
			return pause
		}})
		r.Start(t.Context())
		defer r.Stop()
		time.Sleep(10 * time.Second)
		wantRuns(t, &c, 3)
	})
}

func TestRunner_saysWhatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var good, bad counter
		var r Runner
		r.Add(Task{Name: "good", Run: good.run, Interval: time.Minute})
		loop := r.Add(Task{Name: "bad", Run: bad.run, Interval: time.Minute})
		if all := r.Failures(); len(all) != 0 {
			t.Errorf("before the start: %v", all)
		}
		broken := errors.New("disk full")
		bad.err = broken
		r.Start(t.Context())
		defer r.Stop()
		time.Sleep(firstPause*3 + time.Millisecond) // after 0, 1 and 3 of them
		synctest.Wait()
		if all := r.Failures(); len(all) != 1 || all[0] != (Failure{Task: "bad", Runs: 3, Error: broken}) {
			t.Errorf("after three runs: %v", all)
		}
		bad.mu.Lock()
		bad.err = nil
		bad.mu.Unlock()
		loop.Wake()
		time.Sleep(longestPause)
		synctest.Wait()
		if all := r.Failures(); len(all) != 0 {
			t.Errorf("after a good run: %v", all)
		}
	})
}

func TestLoop_wakesCountAsOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c counter
		var r Runner
		loop := r.Add(Task{Name: "count", Run: c.run, Interval: time.Hour})
		for range 5 {
			loop.Wake() // before the start: the first run serves them
		}
		r.Start(t.Context())
		defer r.Stop()
		wantRuns(t, &c, 1)
		loop.Wake()
		wantRuns(t, &c, 2)
		wantRuns(t, &c, 2)
	})
}

func TestLoop_wakeDuringRunCausesAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var runs atomic.Int32
		release := make(chan struct{})
		var r Runner
		loop := r.Add(Task{Name: "slow", Interval: time.Hour, Run: func(context.Context) error {
			runs.Add(1)
			<-release
			return nil
		}})
		r.Start(t.Context())
		synctest.Wait()
		loop.Wake()
		loop.Wake()
		close(release)
		synctest.Wait()
		if got := runs.Load(); got != 2 {
			t.Errorf("task ran %d times, want 2: once at start, once for the wakes during the run", got)
		}
		r.Stop()
	})
}

func TestLoop_backsOffAndRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := counter{err: errors.New("node is away")}
		var log bytes.Buffer
		r := Runner{Log: slog.New(slog.NewTextHandler(&log, nil))}
		loop := r.Add(Task{Name: "bundler", Run: c.run, Interval: time.Hour})
		r.Start(t.Context())
		for range 4 { // runs at 0, 0.1, 0.3, 0.7 s, then 1.5 s
			loop.Wake() // does not shorten the pause
			time.Sleep(200 * time.Millisecond)
		}
		wantRuns(t, &c, 4)
		want := []time.Duration{100 * time.Millisecond, 200 * time.Millisecond, 400 * time.Millisecond}
		for i, got := range c.pauses() {
			if got != want[i] {
				t.Errorf("pause %d was %s, want %s", i+1, got, want[i])
			}
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		for i, got := range c.pauses() {
			if got > longestPause {
				t.Errorf("pause %d was %s, longer than %s", i+1, got, longestPause)
			}
		}
		c.mu.Lock()
		c.err = nil
		c.mu.Unlock()
		time.Sleep(longestPause)
		good := c.count()
		time.Sleep(59 * time.Minute)
		wantRuns(t, &c, good)
		r.Stop()
		for _, part := range []string{"job=bundler", "node is away", "failures=4"} {
			if !strings.Contains(log.String(), part) {
				t.Errorf("log does not say %q:\n%s", part, log.String())
			}
		}
	})
}

func TestLoop_survivesPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		runs := 0
		r := Runner{Log: slog.New(slog.NewTextHandler(&log, nil))}
		r.Add(Task{Name: "fragile", Interval: time.Hour, Run: func(context.Context) error {
			if runs++; runs == 1 {
				panic("index out of order")
			}
			return nil
		}})
		r.Start(t.Context())
		time.Sleep(time.Second)
		r.Stop()
		if runs != 2 {
			t.Errorf("task ran %d times, want 2: the panic and the next try", runs)
		}
		for _, part := range []string{"index out of order", "runner_test.go"} {
			if !strings.Contains(log.String(), part) {
				t.Errorf("log does not hold %q, which finds the panic:\n%s", part, log.String())
			}
		}
	})
}

func TestRunner_stopWaitsForTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		finished := false
		var r Runner
		r.Add(Task{Name: "slow", Interval: time.Hour, Run: func(ctx context.Context) error {
			<-ctx.Done()
			time.Sleep(time.Second)
			finished = true
			return ctx.Err()
		}})
		r.Start(t.Context())
		synctest.Wait()
		r.Stop()
		if !finished {
			t.Error("Stop returned before the run did")
		}
	})
}

func TestRunner_stopBeforeStartAndTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c counter
		var r Runner
		r.Add(Task{Name: "count", Run: c.run, Interval: time.Minute})
		r.Stop()
		r.Start(t.Context())
		r.Start(t.Context())
		wantRuns(t, &c, 1)
		r.Stop()
		r.Stop()
		r.Start(t.Context())
		wantRuns(t, &c, 2)
		r.Stop()
		time.Sleep(time.Hour)
		wantRuns(t, &c, 2)
	})
}

func TestRunner_endsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c counter
		var r Runner
		r.Add(Task{Name: "count", Run: c.run, Interval: time.Minute})
		ctx, cancel := context.WithCancel(t.Context())
		r.Start(ctx)
		wantRuns(t, &c, 1)
		cancel()
		time.Sleep(time.Hour)
		wantRuns(t, &c, 1)
		r.Stop()
	})
}

// TestRunner_stress starts, stops and wakes from many goroutines. Runs must
// not overlap, and after the last stop nothing may run.
func TestRunner_stress(t *testing.T) {
	var r Runner
	var running, overlaps, runs atomic.Int32
	loop := r.Add(Task{Name: "busy", Interval: time.Microsecond, Run: func(ctx context.Context) error {
		if running.Add(1) > 1 {
			overlaps.Add(1)
		}
		defer running.Add(-1)
		if runs.Add(1)%7 == 0 {
			panic("now and then")
		}
		return nil
	}})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 200 {
				switch i % 3 {
				case 0:
					r.Start(context.Background())
				case 1:
					loop.Wake()
				case 2:
					r.Stop()
				}
			}
		})
	}
	wg.Wait()
	r.Stop()
	if n := running.Load(); n != 0 {
		t.Errorf("%d runs under way after Stop", n)
	}
	if n := overlaps.Load(); n != 0 {
		t.Errorf("%d runs overlapped another run of the same task", n)
	}
	after := runs.Load()
	loop.Wake()
	if runs.Load() != after {
		t.Error("a wake after Stop ran the task")
	}
}
