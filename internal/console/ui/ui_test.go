package ui

import (
	"math/big"
	"strings"
	"testing"
)

func TestRounded(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"0.000370700465893976 ETH of 0.05 ETH": "0.0003707 ETH of 0.05 ETH",
		"1.00000000000000001 ETH":              "1 ETH",
		"12345 of 99999":                       "12345 of 99999",
		"3.1415 USDC":                          "3.1415 USDC",
		"3.14159 USDC":                         "3.1415 USDC",
		"0.10001 DEV":                          "0.1 DEV",
	} {
		if got := rounded(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestShort(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"0x1A6F6EE644da8f9981F137574b13A8bd99E01234": "0x1A6F6E…E01234",
		"pla_01a203ad-f826-7a7c-8268-1baddf50be3e":   "pla_01a2…50be3e",
		"short": "short",
	} {
		if got := short(s); got != want {
			t.Errorf("%q is %q, want %q", s, got, want)
		}
	}
}

func TestProse(t *testing.T) {
	t.Parallel()
	text := "may call mint on " + MarkValue("0x1A6F6EE644da8f9981F137574b13A8bd99E01234") + ", until " + MarkTime(1_700_000_000)
	var b strings.Builder
	if err := Prose(text).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"may call mint on ", `datetime="2023-11-14T22:13:20Z"`, `data-copy="0x1A6F6EE644da8f9981F137574b13A8bd99E01234"`} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s lacks %s", b.String(), want)
		}
	}
	if got, want := Plainly(text), "may call mint on 0x1A6F6E…E01234, until 2023-11-14 22:13 UTC"; got != want {
		t.Errorf("plainly %q, want %q", got, want)
	}
	if got := Plainly("a" + string(markTime) + "<script>"); strings.ContainsRune(got, markTime) {
		t.Errorf("an open mark stays: %q", got)
	}
}

func TestBar(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		used, limit  int64
		value, class string
	}{{0, 10, "0", ""}, {7, 10, "700", ""}, {8, 10, "800", "high"}, {10, 10, "1000", "full"}, {11, 10, "1000", "full"}, {0, 0, "1000", "full"}} {
		used, limit := big.NewInt(c.used), big.NewInt(c.limit)
		if got := barValue(used, limit); got != c.value {
			t.Errorf("%d of %d is %s, want %s", c.used, c.limit, got, c.value)
		}
		if got := barClass(used, limit); got != c.class {
			t.Errorf("%d of %d is %q, want %q", c.used, c.limit, got, c.class)
		}
	}
}
