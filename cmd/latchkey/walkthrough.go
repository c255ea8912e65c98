package main

import (
	"io"
	"text/template"
)

// printWalkthrough shows what a developer needs to make the first calls.
func printWalkthrough(w io.Writer, info devInfo) {
	_ = walkthrough.Execute(w, info)
}

var walkthrough = template.Must(template.New("").Parse(`Latchkey is ready.

  Dashboard          {{.API}}/   signs you in by itself on this machine
  API                {{.API}}
  Chain {{printf "%-12d" .ChainID}} {{.RPC}}
  Publishable key    {{.PublishableKey}}
  Secret key         {{.SecretKey}}
  Gas policy         {{.Policy}}   sponsors everything
  ERC-721            {{.Contract}}   {{.ContractAddress}}
  ERC-20             {{.ERC20Contract}}   {{.ERC20Address}}
  Player             {{.Player}}
  Account            {{.Account}}   {{.AccountAddress}}
  Owner private key  {{.OwnerPrivateKey}}   (development only)

Register a session key (replace SESSION_KEY_ADDRESS by the address of a key of yours):

  curl {{.API}}/v1/sessions \
    -H "Authorization: Bearer {{.SecretKey}}" \
    -d account={{.Account}} -d chainId={{.ChainID}} -d policy={{.Policy}} \
    -d address=SESSION_KEY_ADDRESS -d validAfter=0 -d validUntil=$(($(date +%s) + 3600)) \
    -d limit=100 -d "whitelist[]={{.ContractAddress}}"

Sign nextAction.payload.signableHash with the owner's key (viem: signMessage({ message: { raw: hash } })) and send it:

  curl {{.API}}/v1/sessions/SESSION_ID/signature \
    -H "Authorization: Bearer {{.PublishableKey}}" -d signature=OWNER_SIGNATURE

Ask for a mint, sign its signableHash with the session key, and send that:

  curl {{.API}}/v1/transaction_intents \
    -H "Authorization: Bearer {{.SecretKey}}" -H "Content-Type: application/json" \
    -d '{"account":"{{.Account}}","chainId":{{.ChainID}},"policy":"{{.Policy}}","interactions":[{"contract":"{{.Contract}}","functionName":"mint","functionArgs":["{{.AccountAddress}}"]}]}'

  curl {{.API}}/v1/transaction_intents/INTENT_ID/signature \
    -H "Authorization: Bearer {{.PublishableKey}}" -d signature=SESSION_KEY_SIGNATURE

Ctrl-C stops it. See the whole flow at once with: latchkey demo
`))
