// Package job runs the server's background work: named loops that repeat at an
// interval, sooner when they are woken. A run that fails, or panics, is logged
// and tried again after a growing pause; nothing that a run does can end the
// process. What the loops do lives elsewhere and is registered by the command.
package job
