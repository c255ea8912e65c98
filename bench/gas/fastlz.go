package main

import "encoding/binary"

// Limits of FastLZ level 1.
const (
	fastLZDistance = 1<<13 - 1 // how far back a match may lie
	fastLZRun      = 32        // bytes that one literal instruction copies
	fastLZMatch    = 262       // bytes beyond the first that one match instruction covers
	fastLZTail     = 13        // bytes at the end in which no match begins
)

// fastLZLength is the length of data after FastLZ compression of level 1. OP
// stack chains price a transaction's data by it (Fjord's data fee), so it must
// follow their compressor to the byte, also where it is not at its best.
func fastLZLength(data []byte) int {
	var seen [1 << 13]int // by hash: where three bytes were met last; 0 before
	limit := max(len(data)-fastLZTail, 0)
	length, written := 0, 0
	for at := 2; at < limit-1; {
		slot := fastLZHash(data, at)
		from := seen[slot]
		seen[slot] = at
		if at-from > fastLZDistance || tripleAt(data, from) != tripleAt(data, at) {
			at++
			continue
		}
		more := matchBeyond(data, from+3, at+3, limit+fastLZTail-4)
		length += literalsLength(at-written) + matchLength(more)
		at += more
		seen[fastLZHash(data, at)] = at
		seen[fastLZHash(data, at+1)] = at + 1
		at += 2
		written = at
	}
	return length + literalsLength(len(data)-written)
}

// tripleAt is the three bytes at a place that has at least four behind it.
func tripleAt(data []byte, at int) uint32 {
	return binary.LittleEndian.Uint32(data[at:]) & 0xffffff
}

func fastLZHash(data []byte, at int) uint32 {
	return tripleAt(data, at) * 2654435769 >> 19
}

// matchBeyond counts the bytes that are alike from two places on, and the one
// that ends them if it lies before end.
func matchBeyond(data []byte, from, at, end int) int {
	for n := 0; at+n < end; n++ {
		if data[from+n] != data[at+n] {
			return n + 1
		}
	}
	return end - at
}

func literalsLength(n int) int {
	length := n / fastLZRun * (fastLZRun + 1)
	if rest := n % fastLZRun; rest > 0 {
		length += rest + 1
	}
	return length
}

func matchLength(more int) int {
	length := (more - 1) / fastLZMatch * 3
	if (more-1)%fastLZMatch < 6 {
		return length + 2
	}
	return length + 3
}
