// Package player keeps the end users of a project. A player is little more than
// a name to hang accounts on; who the person is stays with the project.
package player
