package user

import (
	"regexp"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"
)

// walletMessage is what matters of a message of ERC-4361.
type walletMessage struct {
	scheme    string // of the domain, "" when it is not said
	domain    string
	address   common.Address
	nonce     string
	expires   time.Time // zero for none
	notBefore time.Time // zero for none
}

var (
	messageHead  = regexp.MustCompile(`^(?:([a-z][a-z0-9+.-]*)://)?([A-Za-z0-9.:\[\]-]+) wants you to sign in with your Ethereum account:\n(0x[0-9a-fA-F]{40})\n\n`)
	messageField = regexp.MustCompile(`^([A-Z][A-Za-z ]*): (.+)$`)
	messageNonce = regexp.MustCompile(`^[A-Za-z0-9]{8,}$`)
)

// maxMessage bounds a message, in bytes.
const maxMessage = 8192

// readWalletMessage reads a message of ERC-4361: a head, a blank line, perhaps a
// statement and a blank line, then fields. Of two lines that look like the same
// field it takes none: the statement cannot stand in for a field.
func readWalletMessage(text string) (walletMessage, error) {
	if len(text) > maxMessage {
		return walletMessage{}, badMessage("is longer than 8192 bytes")
	}
	head := messageHead.FindStringSubmatch(text)
	if head == nil {
		return walletMessage{}, badMessage("must be a message of ERC-4361 (Sign-In with Ethereum)")
	}
	m := walletMessage{scheme: head[1], domain: strings.ToLower(head[2]), address: common.HexToAddress(head[3])}
	fields, err := messageFields(text[len(head[0]):])
	if err != nil {
		return walletMessage{}, err
	}
	m.nonce = fields["Nonce"]
	switch {
	case fields["Version"] != "1":
		return walletMessage{}, badMessage("must have Version: 1")
	case fields["URI"] == "" || fields["Chain ID"] == "" || fields["Issued At"] == "":
		return walletMessage{}, badMessage("must have URI, Chain ID and Issued At")
	case !messageNonce.MatchString(m.nonce):
		return walletMessage{}, badMessage("must have a Nonce")
	}
	for name, at := range map[string]*time.Time{"Expiration Time": &m.expires, "Not Before": &m.notBefore, "Issued At": new(time.Time)} {
		if fields[name] == "" {
			continue
		}
		if *at, err = time.Parse(time.RFC3339, fields[name]); err != nil {
			return walletMessage{}, badMessage("has no time in " + name)
		}
	}
	return m, nil
}

func messageFields(text string) (map[string]string, error) {
	if statement, rest, ok := strings.Cut(text, "\n\n"); ok && !strings.HasPrefix(text, "URI: ") {
		if strings.Contains(statement, "\n") {
			return nil, badMessage("has a statement of several lines")
		}
		text = rest
	}
	fields := map[string]string{}
	for _, line := range strings.Split(strings.TrimPrefix(text, "\n"), "\n") {
		if line == "Resources:" {
			break // what follows says nothing about who signs in
		}
		f := messageField.FindStringSubmatch(line)
		if f == nil {
			return nil, badMessage("has a line that is no field")
		}
		if _, twice := fields[f[1]]; twice {
			return nil, badMessage("has a field twice: " + f[1])
		}
		fields[f[1]] = f[2]
	}
	return fields, nil
}
