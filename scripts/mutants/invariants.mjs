export const invariants = []
