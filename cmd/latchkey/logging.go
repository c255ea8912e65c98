package main

import (
	"log/slog"
	"os"
)

// logFlags are shared by the commands that run a server. Logs go to stderr;
// stdout is for what the command is asked for.
type logFlags struct {
	LogLevel string `help:"Least level that is logged: debug, info, warn, error." default:"info" enum:"debug,info,warn,error" env:"LATCHKEY_LOG_LEVEL"`
}

func (f logFlags) logger() *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(f.LogLevel)); err != nil {
		level = slog.LevelInfo
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}
