package server_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
	"golang.org/x/crypto/scrypt"

	"github.com/latchkey-dev/latchkey/internal/server"
	"github.com/latchkey-dev/latchkey/internal/vault"
)

// A thief has every row of the database, the environment's key and the source.
// For each way to recover a wallet that is one share too few, and with that
// share the thief has the owner's key. What the thief does is written here anew,
// not called from the code under test.
func TestThief(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	key := vault.NewKey()
	w := newWorld(t, func(c *server.Config) {
		var err error
		if c.Vault, err = vault.Parse(key); err != nil {
			t.Fatal(err)
		}
		c.Development = true
		c.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	part, err := w.server.Wallets.MakeEntropy(t.Context(), w.project)
	w.must(err)
	victims := w.playBrowsers(part)
	for _, v := range victims {
		vandal{world: w, victim: v}.destroy() // what follows finds all shares in place
	}
	w.must(w.server.Close(t.Context()))
	loot := w.steal(key)

	for _, v := range victims {
		t.Run(v.Method, func(t *testing.T) {
			t.Parallel()
			thief{T: t, loot: loot, victim: v, part: decode(t, part)}.rob()
		})
	}
	t.Run("what is not there", func(t *testing.T) {
		t.Parallel()
		loot.files["log"] = log.Bytes()
		for _, v := range victims {
			loot.checkAbsent(t, v, part)
		}
	})
	t.Run("without the environment's key", func(t *testing.T) {
		t.Parallel()
		other, err := vault.Parse(vault.NewKey())
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range loot.tables["devices"] {
			if share, err := other.Open(row["share"].([]byte), "server share of "+row["id"].(string)); err == nil {
				t.Errorf("another key opens %s", share)
			}
		}
	})
}

// victim is what a user and the user's browsers know.
type victim struct {
	Method       string         `json:"method"`
	User         string         `json:"user"`
	Token        string         `json:"token"`
	Account      string         `json:"account"`
	Owner        common.Address `json:"owner"`
	Key          hexutil.Bytes  `json:"key"`
	Lock         string         `json:"lock"` // "" where it is the encryption part
	DeviceShares []string       `json:"deviceShares"`
}

// playBrowsers makes a wallet for each recovery method in one browser, and
// recovers it in another. The browsers are the wallet page's modules in Node.
func (w *world) playBrowsers(part string) []victim {
	w.t.Helper()
	node, err := exec.LookPath("node")
	if err != nil && os.Getenv("CI") != "true" {
		w.t.Skip("node is not installed: it plays the browsers")
	}
	w.must(err)
	var sessions []string
	for range 2 {
		session, err := w.server.Wallets.OpenSession(w.t.Context(), w.project, part, "")
		w.must(err)
		sessions = append(sessions, session)
	}
	in, err := json.Marshal(map[string]any{"url": w.server.URL(), "publishableKey": w.publishable, "chainId": w.server.ChainID(), "sessions": sessions})
	w.must(err)
	var complaint bytes.Buffer
	command := exec.CommandContext(w.t.Context(), node, "../../web/frame/test/browser.mjs")
	command.Stdin, command.Stderr = bytes.NewReader(in), &complaint
	out, err := command.Output()
	if err != nil {
		w.t.Fatalf("play browsers: %v: %s", err, &complaint)
	}
	var victims []victim
	w.must(json.Unmarshal(out, &victims))
	return victims
}

// loot is the whole database, and the key to what is encrypted in it.
type loot struct {
	vault  *vault.Vault
	tables map[string][]map[string]any // rows by column
	files  map[string][]byte
}

// steal reads every row of every table, and the files.
func (w *world) steal(key string) loot {
	w.t.Helper()
	v, err := vault.Parse(key)
	w.must(err)
	l := loot{vault: v, tables: make(map[string][]map[string]any), files: make(map[string][]byte)}
	path := strings.TrimPrefix(w.config.Database, "sqlite:")
	found, err := filepath.Glob(path + "*")
	w.must(err)
	for _, name := range found {
		l.files[filepath.Base(name)], err = os.ReadFile(name)
		w.must(err)
	}
	db, err := sql.Open("sqlite", path)
	w.must(err)
	defer db.Close()
	for _, table := range rowsOf(w, db, "SELECT name FROM sqlite_master WHERE type = 'table'") {
		name := table["name"].(string)
		l.tables[name] = rowsOf(w, db, "SELECT * FROM "+name)
	}
	return l
}

func rowsOf(w *world, db *sql.DB, query string) []map[string]any {
	w.t.Helper()
	rows, err := db.QueryContext(w.t.Context(), query)
	w.must(err)
	defer rows.Close()
	columns, err := rows.Columns()
	w.must(err)
	var all []map[string]any
	for rows.Next() {
		cells := make([]any, len(columns))
		into := make([]any, len(columns))
		for i := range cells {
			into[i] = &cells[i]
		}
		w.must(rows.Scan(into...))
		row := make(map[string]any, len(columns))
		for i, column := range columns {
			row[column] = cells[i]
		}
		all = append(all, row)
	}
	w.must(rows.Err())
	return all
}

// checkAbsent fails for each secret of a user that is in a row, a file or the
// log, in whatever form.
func (l loot) checkAbsent(t *testing.T, v victim, part string) {
	t.Helper()
	haystacks := map[string][]byte{"rows": fmt.Append(nil, l.tables)}
	maps.Copy(haystacks, l.files)
	if !bytes.Contains(haystacks["rows"], []byte(v.Account)) {
		t.Fatalf("the rows do not even have account %s: nothing would be found in them", v.Account)
	}
	secrets := map[string][]byte{"owner key": v.Key, "token": []byte(v.Token), "encryption part": decode(t, part)}
	for n, text := range v.DeviceShares {
		secrets[fmt.Sprintf("share of device %d", n+1)] = decode(t, text)
	}
	if v.Lock != "" {
		secrets["lock"] = decode(t, v.Lock)
	}
	for what, secret := range secrets {
		for where, haystack := range haystacks {
			for _, form := range forms(secret) {
				if bytes.Contains(haystack, form) {
					t.Errorf("%s: the %s is in the %s", v.Method, what, where)
				}
			}
		}
	}
}

// forms are the ways in which bytes may be written. The last is fmt's, which
// writes rows for checkAbsent.
func forms(secret []byte) [][]byte {
	return [][]byte{
		secret,
		[]byte(hex.EncodeToString(secret)),
		[]byte(base64.StdEncoding.EncodeToString(secret)),
		[]byte(base64.RawURLEncoding.EncodeToString(secret)),
		bytes.Trim(fmt.Append(nil, secret), "[]"),
	}
}

func decode(t *testing.T, text string) []byte {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// thief goes for one user's wallet. victim and part are looked at only to hand
// over what is missing, and to see whether the thief succeeded.
type thief struct {
	*testing.T
	loot   loot
	victim victim
	part   []byte
}

func (th thief) rob() {
	signer := th.signer()
	form := th.recovery(signer)
	servers := th.serverShares()
	if owner := common.HexToAddress(signer["owner"].(string)); owner != th.victim.Owner || form.Method != th.victim.Method || len(servers) < 2 {
		th.Fatalf("the thief should know the address, server shares and the locked recovery share, but has %s, %d and %+v", owner, len(servers), form)
	}
	th.Logf("holds  the server shares of %d devices, and the recovery share locked by %s", len(servers), form.KDF)
	if key := th.combine(servers); key != nil {
		th.Fatalf("server shares alone make the key %x", key)
	}
	for name, lock := range th.guesses(signer) {
		if share := th.unlock(form, signer, lock); share != nil {
			th.Fatalf("%s opens the recovery share", name)
		}
	}
	missing, lock := th.handedOver(signer)
	th.Logf("lacks  %s, or the share in one of the user's browsers", missing)

	share := th.unlock(form, signer, lock)
	if share == nil {
		th.Fatalf("%s does not open the recovery share: the test proves nothing", missing)
	}
	for name, share := range map[string][]byte{missing: share, "the first browser": decode(th.T, th.victim.DeviceShares[0]), "the second browser": decode(th.T, th.victim.DeviceShares[1])} {
		if key := th.combine(append(servers, share)); !bytes.Equal(key, th.victim.Key) {
			th.Errorf("with %s the thief makes %x, want the key: the test proves nothing", name, key)
		}
	}
}

func (th thief) signer() map[string]any {
	for _, row := range th.loot.tables["signers"] {
		if row["player_id"] == th.victim.User {
			return row
		}
	}
	th.Fatal("the user has no signer")
	return nil
}

// serverShares are those of everybody: one may fit.
func (th thief) serverShares() [][]byte {
	var all [][]byte
	for _, row := range th.loot.tables["devices"] {
		text, err := th.loot.vault.Open(row["share"].([]byte), "server share of "+row["id"].(string))
		if err != nil {
			th.Fatal(err)
		}
		all = append(all, decode(th.T, string(text)))
	}
	return all
}

// locked is a recovery share as browsers seal it.
type locked struct {
	Version             int
	Method, KDF         string
	Salt, Nonce, Sealed string
}

func (th thief) recovery(signer map[string]any) (form locked) {
	text, err := th.loot.vault.Open(signer["secret"].([]byte), "recovery share of "+signer["id"].(string))
	if err == nil {
		err = json.Unmarshal(text, &form)
	}
	if err != nil {
		th.Fatal(err)
	}
	return form
}

// half is the server's part of the project's entropy.
func (th thief) half() []byte {
	row := th.loot.tables["project_entropy"][0]
	half, err := th.loot.vault.Open(row["part"].([]byte), "entropy of "+row["project_id"].(string))
	if err != nil {
		th.Fatal(err)
	}
	return half
}

// guesses are locks that a thief can think of without guessing passwords at
// length, which docs/embedded-wallet.md puts a price on.
func (th thief) guesses(signer map[string]any) map[string][]byte {
	if th.victim.Method == "password" {
		return map[string][]byte{"no password": nil, "a common password": []byte("password"), "the user's id": []byte(th.victim.User)}
	}
	half, zeros := th.half(), make([]byte, 32)
	guesses := map[string][]byte{"the server's half": half, "zeros": zeros, "the user's id": []byte(th.victim.User), "the passkey's id": []byte(signer["passkey_id"].(string))}
	for name, other := range map[string][]byte{"alone": nil, "with zeros": zeros, "with itself": half, "with its check": th.check()} {
		guesses["entropy of the server's half "+name] = th.entropy(signer, other)
	}
	return guesses
}

func (th thief) check() []byte {
	check, err := hex.DecodeString(th.loot.tables["project_entropy"][0]["part_check"].(string))
	if err != nil {
		th.Fatal(err)
	}
	return check
}

// entropy joins the server's half with another.
func (th thief) entropy(signer map[string]any, other []byte) []byte {
	info := strings.Join([]string{"latchkey project entropy", signer["project_id"].(string), signer["player_id"].(string), signer["id"].(string)}, "|")
	key, err := hkdf.Key(sha256.New, append(bytes.Clone(th.half()), other...), nil, info, 32)
	if err != nil {
		th.Fatal(err)
	}
	return key
}

// handedOver is the lock that the thief lacks.
func (th thief) handedOver(signer map[string]any) (name string, lock []byte) {
	switch th.victim.Method {
	case "password":
		return "the user's password", []byte(th.victim.Lock)
	case "passkey":
		return "what the user's passkey answers", decode(th.T, th.victim.Lock)
	default:
		return "the encryption part of the app's own server", th.entropy(signer, th.part)
	}
}

// unlock tries a lock on the recovery share; nil when it does not open.
func (th thief) unlock(form locked, signer map[string]any, lock []byte) []byte {
	block, err := aes.NewCipher(th.aesKey(form, lock))
	if err != nil {
		th.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		th.Fatal(err)
	}
	binding, err := json.Marshal([]any{"latchkey recovery share", 1, form.Method, signer["player_id"], signer["id"], signer["owner"]})
	if err != nil {
		th.Fatal(err)
	}
	share, err := aead.Open(nil, decode(th.T, form.Nonce), decode(th.T, form.Sealed), binding)
	if err != nil {
		return nil
	}
	return decode(th.T, string(share))
}

func (th thief) aesKey(form locked, lock []byte) (key []byte) {
	var err error
	switch form.KDF {
	case "scrypt-17-8-1":
		key, err = scrypt.Key(lock, decode(th.T, form.Salt), 1<<17, 8, 1, 32)
	case "hkdf-sha256":
		key, err = hkdf.Key(sha256.New, lock, decode(th.T, form.Salt), "latchkey recovery share by "+form.Method, 32)
	default:
		th.Fatalf("the recovery share is locked by %q", form.KDF)
	}
	if err != nil {
		th.Fatal(err)
	}
	return key
}

// combine answers the victim's key if any two shares make it, else nil.
func (th thief) combine(shares [][]byte) []byte {
	for i, a := range shares {
		for _, b := range shares[:i] {
			candidate := interpolate(a, b)
			if key, err := crypto.ToECDSA(candidate); err == nil && crypto.PubkeyToAddress(key.PublicKey) == th.victim.Owner {
				return candidate
			}
		}
	}
	return nil
}

// interpolate answers where the line through two points of each byte meets zero,
// in the field of 256 elements. The last byte of a share is its x.
func interpolate(a, b []byte) []byte {
	n := len(a) - 1
	if len(b) != len(a) || a[n] == b[n] {
		return nil
	}
	secret := make([]byte, n)
	inverse := invert(a[n] ^ b[n])
	for i := range secret {
		secret[i] = multiply(inverse, multiply(a[i], b[n])^multiply(b[i], a[n]))
	}
	return secret
}

func multiply(a, b byte) (product byte) {
	for ; b > 0; b >>= 1 {
		if b&1 == 1 {
			product ^= a
		}
		carry := a >> 7
		a = a<<1 ^ carry*0x1b
	}
	return product
}

func invert(a byte) byte {
	inverse := byte(1)
	for range 254 { // a to the 255th is 1
		inverse = multiply(inverse, a)
	}
	return inverse
}
