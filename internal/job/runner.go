package job

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

// Task is work that repeats. Runs of one task never overlap.
type Task struct {
	Name string
	// Run does the work once. It must be safe to repeat: a failed run is tried
	// again after a pause. It returns soon after ctx ends.
	Run func(ctx context.Context) error
	// Interval is the pause after a good run, unless the task is woken.
	Interval time.Duration
	// Pause, when set, is asked after each good run in place of Interval: work
	// that has something under way looks again sooner than idle work.
	Pause func() time.Duration
}

// After a failed run the pause starts at firstPause and doubles up to
// longestPause. A wake does not shorten it, or every new request would hit a
// broken dependency once more.
const (
	firstPause   = 100 * time.Millisecond
	longestPause = 10 * time.Second
)

// Runner starts and stops tasks together. The zero value, with or without Log,
// is ready to use. Start and Stop may be called in any order, any number of
// times, and from many goroutines.
type Runner struct {
	Log *slog.Logger // nil discards

	mu      sync.Mutex
	loops   []*Loop
	stop    context.CancelFunc // nil while stopped
	stopped chan struct{}      // closed when the loops of the last start have ended
}

// Add registers a task and returns its loop, to wake it. A task that is added
// while the runner runs begins with the next start.
func (r *Runner) Add(t Task) *Loop {
	l := &Loop{task: t, wake: make(chan struct{}, 1)}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.loops = append(r.loops, l)
	return l
}

// Start runs every task at once, and then again and again until Stop is called
// or ctx ends. It does not block. Starting what runs already does nothing.
func (r *Runner) Start(ctx context.Context) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stop != nil {
		return
	}
	previous := r.stopped
	ctx, r.stop = context.WithCancel(ctx)
	r.stopped = make(chan struct{})
	go r.run(ctx, r.loops[:len(r.loops):len(r.loops)], previous, r.stopped)
}

// Stop ends the loops and returns when the last run has returned. Before the
// first start it returns at once.
func (r *Runner) Stop() {
	r.mu.Lock()
	if r.stop != nil {
		r.stop()
		r.stop = nil
	}
	stopped := r.stopped
	r.mu.Unlock()
	if stopped != nil {
		<-stopped
	}
}

// run waits for the loops of the previous start, so that runs of one task do
// not overlap when a start follows a stop that has not returned yet.
func (r *Runner) run(ctx context.Context, loops []*Loop, previous, stopped chan struct{}) {
	defer close(stopped)
	if previous != nil {
		<-previous
	}
	var wg sync.WaitGroup
	for _, l := range loops {
		wg.Go(func() { l.run(ctx, r.log().With("job", l.task.Name)) })
	}
	wg.Wait()
}

func (r *Runner) log() *slog.Logger {
	if r.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return r.Log
}

// Failure says that a task fails.
type Failure struct {
	Task  string
	Runs  int // that failed since the last good one
	Error error
}

// Failures answers the tasks whose last run failed, in the order in which they
// were added.
func (r *Runner) Failures() []Failure {
	r.mu.Lock()
	loops := r.loops[:len(r.loops):len(r.loops)]
	r.mu.Unlock()
	var all []Failure
	for _, l := range loops {
		if f := l.failure.Load(); f != nil {
			all = append(all, *f)
		}
	}
	return all
}

// Loop is a registered task.
type Loop struct {
	task    Task
	wake    chan struct{}           // holds one token: woken since the last run began
	failure atomic.Pointer[Failure] // nil after a good run
}

// Wake makes the task run as soon as it can. It never blocks; many wakes
// before one run count as one, and a wake during a run causes another run.
func (l *Loop) Wake() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (l *Loop) run(ctx context.Context, log *slog.Logger) {
	for failures := 0; ctx.Err() == nil; {
		// Whoever woke the loop until now is served by the run that begins here.
		select {
		case <-l.wake:
		default:
		}
		err := l.once(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			pause := backoff(failures)
			failures++
			l.failure.Store(&Failure{Task: l.task.Name, Runs: failures, Error: err})
			log.Error("background work failed, it will be tried again", "error", err, "failures", failures, "pause", pause)
			wait(ctx, pause, nil)
		default:
			failures = 0
			l.failure.Store(nil)
			wait(ctx, l.pause(), l.wake)
		}
	}
}

// once runs the task and makes an error of a panic.
func (l *Loop) once(ctx context.Context) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	return l.task.Run(ctx)
}

func (l *Loop) pause() time.Duration {
	if l.task.Pause != nil {
		return l.task.Pause()
	}
	return l.task.Interval
}

func backoff(failures int) time.Duration {
	pause := firstPause
	for ; failures > 0 && pause < longestPause; failures-- {
		pause *= 2
	}
	return min(pause, longestPause)
}

// wait returns after pause, when ctx ends, or when it takes a token from wake.
func wait(ctx context.Context, pause time.Duration, wake chan struct{}) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-wake:
	}
}
