package intent

import "time"

// move notes a step in the API's words.
func (in *Intent) move(to string, at time.Time) {
	from := "none"
	if n := len(in.Transitions); n > 0 {
		from = in.Transitions[n-1].To
	}
	in.Transitions = append(in.Transitions, Transition{From: from, To: to, At: at})
}
