// The scripts of the verbs of an emergency: a row for each state of a node in which such a script acts, and one for each state
// that forbids it to act.

let emergency: [LastLook] = []
