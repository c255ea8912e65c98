package console

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/latchkey-dev/latchkey/internal/fault"
)

// Bounds of live pages.
const (
	maxTopics  = 64  // of one page
	maxStreams = 500 // at a time
	maxReading = 64  // of them, of one operator: nobody takes them all
	lookEvery  = 400 * time.Millisecond
	lookBack   = 5 * time.Second  // clocks of replicas differ by less
	lookAtMost = 1000             // changes at a time
	streamLife = 10 * time.Minute // then the browser connects again, and is asked who it is
	heartbeat  = 20 * time.Second // proxies close silent connections
)

// projectTopic is about everything in a project.
const projectTopic = "project"

const eventsPath = "/events"

func (c *Console) liveRoutes() []route {
	return []route{view(eventsPath, streamEvents)}
}

// liveChange is what readers of live pages hear: that something about the topics
// has changed, in a project.
type liveChange struct {
	project string
	topics  []string
}

// feed looks for changes while anybody listens, once for all listeners.
type feed struct {
	// recent answers what has changed since then, with an id for each change.
	recent func(ctx context.Context, since time.Time) (map[string]liveChange, error)
	now    func() time.Time
	failed func(error)

	mu        sync.Mutex
	listeners map[*listener]bool
	stop      context.CancelFunc // nil while nobody listens
	over      chan struct{}      // closed when no stream may live on
	ended     bool
	wait      sync.WaitGroup
}

// listener is one open page.
type listener struct {
	reader  string // operator
	project string
	topics  map[string]bool
	news    chan string // topics; more than it holds are dropped, others will come
}

func newFeed(recent func(context.Context, time.Time) (map[string]liveChange, error), now func() time.Time, failed func(error)) *feed {
	return &feed{recent: recent, now: now, failed: failed, listeners: make(map[*listener]bool), over: make(chan struct{})}
}

// join answers a listener, nil when there are too many or the server stops.
func (f *feed) join(reader, project string, topics []string) *listener {
	l := &listener{reader: reader, project: project, topics: make(map[string]bool), news: make(chan string, maxTopics)}
	for _, topic := range topics {
		l.topics[topic] = true
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended || len(f.listeners) >= maxStreams || f.readBy(reader) >= maxReading {
		return nil
	}
	f.listeners[l] = true
	if f.stop == nil {
		ctx, stop := context.WithCancel(context.Background())
		f.stop = stop
		since := f.now()
		f.wait.Go(func() { f.look(ctx, since) })
	}
	return l
}

// readBy counts the streams of an operator. The caller holds mu.
func (f *feed) readBy(reader string) int {
	n := 0
	for l := range f.listeners {
		if l.reader == reader {
			n++
		}
	}
	return n
}

func (f *feed) leave(l *listener) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.listeners, l)
	if len(f.listeners) == 0 && f.stop != nil {
		f.stop()
		f.stop = nil
	}
}

// end closes every stream, now and later.
func (f *feed) end() {
	f.mu.Lock()
	if !f.ended {
		f.ended = true
		close(f.over)
	}
	if f.stop != nil {
		f.stop()
		f.stop = nil
	}
	f.mu.Unlock()
	f.wait.Wait()
}

// look tells listeners of changes until ctx ends.
func (f *feed) look(ctx context.Context, since time.Time) {
	told := make(map[string]bool) // changes that the window still holds
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		from := f.now().Add(-lookBack)
		if from.Before(since) {
			from = since // the page shows what was before
		}
		changes, err := f.recent(ctx, from)
		if err != nil {
			if ctx.Err() == nil {
				f.failed(err)
			}
			continue
		}
		for id, change := range changes {
			if !told[id] {
				f.tell(change)
			}
		}
		told = make(map[string]bool, len(changes))
		for id := range changes {
			told[id] = true
		}
	}
}

func (f *feed) tell(change liveChange) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for l := range f.listeners {
		if l.project != change.project {
			continue
		}
		for _, topic := range append(change.topics, projectTopic) {
			if l.topics[topic] {
				l.hear(topic)
			}
		}
	}
}

// hear never waits: a reader that is too slow misses news, and what it loads
// next is up to date all the same.
func (l *listener) hear(topic string) {
	select {
	case l.news <- topic:
	default:
	}
}

// EndStreams closes the connections of live pages, which would else keep the
// server from stopping. Pages connect again by themselves.
func (c *Console) EndStreams() { c.feed.end() }

// recentChanges asks intents and sessions what has changed.
func (c *Console) recentChanges(ctx context.Context, since time.Time) (map[string]liveChange, error) {
	changes := make(map[string]liveChange)
	add := func(project string, at time.Time, topics ...string) {
		topics = slices.DeleteFunc(topics, func(topic string) bool { return topic == "" })
		changes[fmt.Sprint(topics[0], at.UnixMicro())] = liveChange{project, topics}
	}
	intents, err := c.Intents.Changed(ctx, since, lookAtMost)
	if err != nil {
		return nil, err
	}
	for _, t := range intents {
		add(t.ProjectID, t.UpdatedAt, t.ID, t.PlayerID, t.AccountID, t.PolicyID, t.SessionID, t.SignedBy)
	}
	sessions, err := c.Sessions.Changed(ctx, since, lookAtMost)
	if err != nil {
		return nil, err
	}
	for _, t := range sessions {
		add(t.ProjectID, t.UpdatedAt, t.ID, t.PlayerID, t.AccountID)
	}
	return changes, nil
}

// streamEvents tells a page which of its topics have changed, as they do.
func streamEvents(v *visit) error {
	topics := v.r.URL.Query()["topic"]
	if len(topics) == 0 || len(topics) > maxTopics {
		return fault.Field("topic", nil, "must be given 1 to %d times", maxTopics)
	}
	l := v.console.feed.join(v.operator.ID, v.project.ID, topics)
	if l == nil {
		return fault.New(fault.Unavailable, "too many live pages are open")
	}
	defer v.console.feed.leave(l)
	stream := http.NewResponseController(v.w)
	_ = stream.SetWriteDeadline(time.Time{}) // the server's is for ordinary answers; without one, this is one
	v.w.Header().Set("Content-Type", "text/event-stream")
	v.w.Header().Set("X-Accel-Buffering", "no")
	say := func(text string) error {
		if _, err := fmt.Fprint(v.w, text); err != nil {
			return err
		}
		return stream.Flush()
	}
	if err := say("retry: 1000\n\n"); err != nil {
		return nil // the page has gone
	}
	v.follow(l, say)
	return nil
}

// follow passes news on until the page goes, the server stops, its reader may
// read no more, or it is time to connect anew.
func (v *visit) follow(l *listener, say func(string) error) {
	life, beat := time.NewTimer(streamLife), time.NewTicker(heartbeat)
	defer life.Stop()
	defer beat.Stop()
	for {
		text := ": still here\n\n"
		select {
		case <-v.ctx().Done():
			return
		case <-v.console.feed.over:
			return
		case <-life.C:
			return
		case <-beat.C:
			if _, err := v.console.Operators.Look(v.ctx(), v.cookie); err != nil {
				return // signed out or disabled since; or nobody can tell, then the page asks again
			}
		case topic := <-l.news:
			text = ""
			for _, topic := range l.drain(topic) {
				text += "event: changed\ndata: " + topic + "\n\n"
			}
		}
		if say(text) != nil {
			return
		}
	}
}

// drain answers the topic and all others that wait, each once.
func (l *listener) drain(topic string) []string {
	all := map[string]bool{topic: true}
	for {
		select {
		case topic := <-l.news:
			all[topic] = true
		default:
			return slices.Sorted(maps.Keys(all))
		}
	}
}
