import validator from 'multicoin-address-validator';

/** The networks whose address format a coin is paid on; tokens are paid on the network that the address tells. */
const NETWORKS: Readonly<Record<string, readonly string[]>> = {
  BTC: ['btc'],
  ETH: ['eth'],
  LTC: ['ltc'],
  BCH: ['bch'],
  DOGE: ['doge'],
  TRX: ['trx'],
  USDT: ['eth', 'trx'],
  USDC: ['eth'],
};

/** Coins that can be paid to an address. */
export const ADDRESS_COINS: readonly string[] = Object.keys(NETWORKS);

/** What is wrong with an address of a coin, or null. A coin that is unknown has a fault of its own. */
export function addressFault(address: string, coin: string): string | null {
  const networks = Object.hasOwn(NETWORKS, coin) ? NETWORKS[coin]! : null;
  if (!networks) return null;
  const fits = networks.some((network) => validator.validate(address, network));
  return fits ? null : `must be a ${coin} address of the main network with a right checksum`;
}
