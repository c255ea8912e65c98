package permission

import (
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
)

const documentedAccount = "0xAcc0000000000000000000000000000000000001"

// documented reads the permission that is printed below a heading, and the
// text from there to the end.
func documented(t *testing.T, heading string) (p Permission, packed []byte, rest string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "permission-format.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "\n"+heading+"\n")
	if !found {
		t.Fatalf("the document has no %q", heading)
	}
	_, example, _ := strings.Cut(rest, "```\n")
	example, _, _ = strings.Cut(example, "```")
	var bytes strings.Builder
	for _, line := range regexp.MustCompile(`(?m)^([0-9a-f]{2,}) {2,}\w`).FindAllStringSubmatch(example, -1) {
		bytes.WriteString(line[1])
	}
	packed = common.FromHex(bytes.String())
	if p, err = Decode(packed); err != nil {
		t.Fatal(err)
	}
	return p, packed, rest
}

// The worked examples of the format's description are permissions, and have
// the session ids that are printed there.
func TestDocumentedExamples(t *testing.T) {
	t.Parallel()
	for heading, want := range map[string]Permission{
		"## Example":            {Limit: 100, ValidAfter: 1_700_000_000, ValidUntil: 1_900_000_000, FeeLimit: big.NewInt(1e16)},
		"## Example with rules": {ValidUntil: 1_900_000_000},
	} {
		p, packed, rest := documented(t, heading)
		if p.Limit != want.Limit || p.ValidAfter != want.ValidAfter || p.ValidUntil != want.ValidUntil || p.feeLimit().Cmp(want.feeLimit()) != 0 {
			t.Errorf("%s reads as %+v", heading, p)
		}
		if id := ID(31337, common.HexToAddress(documentedAccount), 0, packed); !strings.Contains(rest, id.Hex()) {
			t.Errorf("%s: session id is %s, the document prints another", heading, id)
		}
	}
}

func TestDocumentedMoment(t *testing.T) {
	t.Parallel()
	p, _, _ := documented(t, "## Example with rules")
	account, mint := common.HexToAddress(documentedAccount), p.Functions[0]
	data := append(mint.Selector[:], common.LeftPadBytes(account[:], 32)...)
	v, refusal := Validate(p, State{Status: Status{State: Active}}, Operation{
		Account: account, CallData: execute(t, mint.Target, 0, data), Paymaster: p.Paymasters[0], Moment: 1_750_000_000,
	})
	if refusal != nil || v.From != 1_749_999_600 || v.Until != 1_750_003_199 {
		t.Errorf("from %d until %d, %v", v.From, v.Until, refusal)
	}
	day := p.Rules[0].(ERC20Period).Period
	from, until, _ := day.window(1_750_000_000)
	if day.index(1_750_000_000).Int64() != 578 || from != 1_749_939_200 || until != 1_750_025_599 {
		t.Errorf("day %s from %d until %d", day.index(1_750_000_000), from, until)
	}
}
