package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/ethereum/go-ethereum/accounts"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
)

// vandal has a user's login token, and wants the wallet gone.
type vandal struct {
	*world
	victim victim
}

// destroy puts junk in the place of what the user recovers by, and makes more
// devices than a key may have.
func (v vandal) destroy() {
	v.t.Helper()
	before := v.serverShare()
	signer, primary := before["signer"].(string), before["id"].(string)
	share := map[string]any{
		"reference": signer, "keychain_id": primary, "entropy": "user",
		"secret": `{"version":1,"method":"password","kdf":"scrypt-17-8-1","salt":"AAAAAAAAAAAAAAAAAAAAAA","nonce":"AAAAAAAAAAAAAAAA","sealed":"` + strings.Repeat("A", 80) + `"}`,
	}
	device := map[string]any{"account": v.victim.Account, "share": "junk"}
	for _, text := range []string{"", "Log in to the game.", v.asked("PUT", "shield/shares", share), v.asked("POST", "v2/devices/register", device)} {
		// The signature is one that an app had the user make.
		signature := v.personal(text)
		for range 5 {
			share["signature"], device["signature"] = signature, signature
			v.refused("PUT", "shield/shares", share)
			v.refused("POST", "v2/devices/register", device)
		}
	}
	if after := v.serverShare(); after["share"] != before["share"] || after["id"] != primary {
		v.t.Errorf("%s: with a token alone, share %v of %v became %v of %v", v.victim.Method, before["share"], primary, after["share"], after["id"])
	}
}

// asked answers the claim that a refusal asks for.
func (v vandal) asked(method, path string, body map[string]any) string {
	v.t.Helper()
	_, claim, found := strings.Cut(v.refused(method, path, body), " over the claim ")
	if !found {
		v.t.Fatalf("%s %s does not say what has to be signed", method, path)
	}
	return strings.Trim(claim, `"`)
}

// personal is the user's signature of a text, as a personal message.
func (v vandal) personal(text string) string {
	if text == "" {
		return ""
	}
	key, err := crypto.ToECDSA(v.victim.Key)
	v.must(err)
	sig, err := crypto.Sign(accounts.TextHash([]byte(text)), key)
	v.must(err)
	sig[64] += 27
	return hexutil.Encode(sig)
}

// refused answers the message of the refusal.
func (v vandal) refused(method, path string, body map[string]any) string {
	v.t.Helper()
	status, answer := v.ask(method, path, body)
	message := fmt.Sprint(answer["message"])
	if inner, ok := answer["error"].(map[string]any); ok {
		message = fmt.Sprint(inner["message"])
	}
	if status != http.StatusBadRequest || !strings.Contains(message, "signature") {
		v.t.Fatalf("%s: %s %s with a token alone: %d %v, want a refusal for the signature", v.victim.Method, method, path, status, answer)
	}
	return message
}

func (v vandal) serverShare() map[string]any {
	v.t.Helper()
	status, answer := v.ask("POST", "v2/devices/recover", map[string]any{"account": v.victim.Account})
	if status != http.StatusOK {
		v.t.Fatalf("the user's own server share: %d %v", status, answer)
	}
	return answer
}

func (v vandal) ask(method, path string, body map[string]any) (status int, answer map[string]any) {
	v.t.Helper()
	text, err := json.Marshal(body)
	v.must(err)
	req, err := http.NewRequestWithContext(v.t.Context(), method, v.server.URL()+"/"+path, bytes.NewReader(text))
	v.must(err)
	req.Header.Set("Authorization", "Bearer "+v.victim.Token)
	req.Header.Set("X-Project-Key", v.publishable)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	v.must(err)
	defer resp.Body.Close()
	v.must(json.NewDecoder(resp.Body).Decode(&answer))
	return resp.StatusCode, answer
}
