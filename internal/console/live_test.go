package console

import (
	"context"
	"fmt"
	"testing"
	"time"
)

// One operator with many open pages leaves streams for the others.
func TestFeed_sharesStreams(t *testing.T) {
	t.Parallel()
	nothing := func(context.Context, time.Time) (map[string]liveChange, error) { return nil, nil }
	f := newFeed(nothing, time.Now, func(err error) { t.Error(err) })
	defer f.end()
	var of []*listener
	for range maxReading {
		of = append(of, f.join("ann", "game", []string{"x"}))
	}
	if of[maxReading-1] == nil || f.join("ann", "game", []string{"x"}) != nil {
		t.Errorf("ann has not exactly %d streams", maxReading)
	}
	if f.join("bob", "game", []string{"x"}) == nil {
		t.Error("bob has none")
	}
	f.leave(of[0])
	if f.join("ann", "game", []string{"x"}) == nil {
		t.Error("a stream that ended is not given again")
	}
	for i := 0; len(f.listeners) < maxStreams; i++ {
		f.join(fmt.Sprint(i), "game", []string{"x"})
	}
	if f.join("eve", "game", []string{"x"}) != nil {
		t.Errorf("there are more than %d streams", maxStreams)
	}
}

// News go to those who look at the project, and to nobody else who names the
// same topic.
func TestFeed_keepsProjectsApart(t *testing.T) {
	t.Parallel()
	changes := map[string]liveChange{"1": {project: "game", topics: []string{"ses_1"}}}
	f := newFeed(func(context.Context, time.Time) (map[string]liveChange, error) { return changes, nil }, time.Now, func(err error) { t.Error(err) })
	defer f.end()
	here, elsewhere := f.join("ann", "game", []string{"ses_1"}), f.join("bob", "other", []string{"ses_1", projectTopic})
	select {
	case topic := <-here.news:
		if topic != "ses_1" {
			t.Errorf("heard of %s", topic)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("nothing was heard")
	}
	if len(elsewhere.news) != 0 {
		t.Errorf("another project hears of %s", <-elsewhere.news)
	}
}
