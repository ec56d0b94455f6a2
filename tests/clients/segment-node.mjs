/** Sends one message of each kind with the stock client, then closes it. Arguments: the server's address, a write key. */
import { Analytics } from '@segment/analytics-node'

const [host, writeKey] = process.argv.slice(2)
const analytics = new Analytics({ writeKey, host, flushAt: 5 })
analytics.on('error', (error) => {
  console.error(error)
  process.exitCode = 1
})

analytics.identify({ userId: 'node-1', traits: { email: 'Nora@Example.com', firstName: 'Nora', plan: 'pro' } })
analytics.track({ userId: 'node-1', event: 'Order Completed', properties: { revenue: 40.5, items: ['a', 'b'] } })
analytics.page({ userId: 'node-1', name: 'Home', properties: { url: 'https://shop.example/' } })
analytics.screen({ anonymousId: 'node-visitor', name: 'Start' })
analytics.group({ userId: 'node-1', groupId: 'acme', traits: { name: 'Acme' } })
analytics.alias({ userId: 'node-1', previousId: 'node-visitor' })
await analytics.closeAndFlush()
