// Runs named checks one after the other and says how each ended and how long it
// took.

export function checks() {
  const counts = { passed: 0, failed: 0 }
  return {
    // check answers whether the test passed. What the test answers is printed.
    async check(name, test) {
      const start = performance.now()
      const took = () => `${String(Math.round(performance.now() - start)).padStart(6)} ms`
      try {
        const seen = await test()
        counts.passed++
        console.log(`ok      ${took()}  ${name}${seen ? `  ${seen}` : ''}`)
        return true
      } catch (error) {
        counts.failed++
        console.log(`FAILED  ${took()}  ${name}\n${error.stack}`)
        return false
      }
    },
    // finish prints the last line and answers the exit status.
    finish() {
      console.log(`${counts.passed} passed, ${counts.failed} failed`)
      return counts.failed || !counts.passed ? 1 : 0
    },
  }
}
