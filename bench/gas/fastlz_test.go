package main

import (
	"bytes"
	"encoding/hex"
	"math/rand/v2"
	"testing"
)

// The vectors that OP stack clients test their compressors with. The last is
// transaction 0x8eb9dd4eb6d33f4dc25fb015919e4b1e9f7542f9b0322bf6622e268cd116b594
// of OP Mainnet.
func TestFastLZLength_Vectors(t *testing.T) {
	t.Parallel()
	for name, vector := range map[string]struct {
		data []byte
		want int
	}{
		"empty":             {nil, 0},
		"1000 ones":         {bytes.Repeat([]byte{1}, 1000), 21},
		"1000 zeros":        {make([]byte, 1000), 21},
		"empty transaction": {unhex(t, "dd80808094095e7baea6a6c7c4c2dfeb977efac326af552d878080808080"), 31},
		"contract call": {unhex(t, "02f901550a758302df1483be21b88304743f94f8"+
			"0e51afb613d764fa61751affd3313c190a86bb870151bd62fd12adb8"+
			"e41ef24f3f0000000000000000000000000000000000000000000000"+
			"00000000000000006e000000000000000000000000af88d065e77c8c"+
			"c2239327c5edb3a432268e5831000000000000000000000000000000"+
			"000000000000000000000000000003c1e50000000000000000000000"+
			"00000000000000000000000000000000000000000000000000000000"+
			"000000000000000000000000000000000000000000000000a0000000"+
			"00000000000000000000000000000000000000000000000000000000"+
			"148c89ed219d02f1a5be012c689b4f5b731827bebe00000000000000"+
			"0000000000c001a033fd89cb37c31b2cba46b6466e040c61fc9b2a36"+
			"75a7f5f493ebd5ad77c497f8a07cdf65680e238392693019b4092f61"+
			"0222e71b7cec06449cb922b93b6a12744e"), 202},
	} {
		if got := fastLZLength(vector.data); got != vector.want {
			t.Errorf("%s: compressed to %d bytes, want %d", name, got, vector.want)
		}
	}
}

// What cannot be compressed grows by one byte in each 32, and nothing by more.
func TestFastLZLength_Bounds(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for size := range 600 {
		data := make([]byte, size)
		for i := range data {
			data[i] = byte(random.IntN(1 + size%7))
		}
		got, most := fastLZLength(data), size+(size+31)/32
		if got > most || size > 0 && got == 0 {
			t.Fatalf("%d bytes compressed to %d, want 1 to %d: %x", size, got, most, data)
		}
	}
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	data, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
