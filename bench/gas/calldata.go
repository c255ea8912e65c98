package main

import "bytes"

// calldata is what the bytes of a handleOps transaction cost.
type calldata struct {
	Bytes  int `json:"bytes"`
	Gas    int `json:"gas"`    // 16 a byte, 4 a zero
	FastLZ int `json:"fastlz"` // bytes after FastLZ, by which OP stack chains price them
}

func calldataOf(data []byte) calldata {
	zeros := bytes.Count(data, []byte{0})
	return calldata{len(data), 16*(len(data)-zeros) + 4*zeros, fastLZLength(data)}
}
