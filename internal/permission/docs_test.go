package permission

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
)

// The worked example of the format's description is a permission, and has the
// session id that is printed there.
func TestDocumentedExample(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "permission-format.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, example, found := strings.Cut(string(text), "## Example")
	if !found {
		t.Fatal("the document has no example")
	}
	example, rest, _ := strings.Cut(example, "## Session id")
	var packed strings.Builder
	for _, line := range regexp.MustCompile(`(?m)^([0-9a-f]{2,}) {2,}\w`).FindAllStringSubmatch(example, -1) {
		packed.WriteString(line[1])
	}
	p, err := Decode(common.FromHex(packed.String()))
	if err != nil {
		t.Fatal(err)
	}
	if p.Limit != 100 || p.ValidAfter != 1_700_000_000 || p.ValidUntil != 1_900_000_000 || p.FeeLimit.Int64() != 1e16 {
		t.Errorf("example reads as %+v", p)
	}
	account := common.HexToAddress("0xAcc0000000000000000000000000000000000001")
	id := ID(31337, account, 0, common.FromHex(packed.String()))
	if !strings.Contains(rest, account.Hex()) || !strings.Contains(rest, id.Hex()) {
		t.Errorf("session id is %s, the document prints another", id)
	}
}
