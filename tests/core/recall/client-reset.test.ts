import assert from 'node:assert/strict';
import { createCipheriv, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { fromHex } from '../../../src/core/bytes/hex.ts';
import { clientToServerKeys } from '../../../src/core/recall/client-key.ts';
import { isResetOf } from '../../../src/core/recall/client-reset.ts';
import type { PacketCrypto } from '../../../src/core/recall/packet.ts';

const crypto: PacketCrypto = {
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
  aes256Ctr: (key, iv, data) => createCipheriv('aes-256-ctr', key, iv).update(data),
};

/** What a stock OpenVPN 2.6.14 client sent first, and the first half of its key (the second is the wrapped one). */
const packet = fromHex(
  '5052cd5042f224ce080f0000016b0342fcdc7ff7fe6dcbcf72611975e70d6946e40eeb6f12a60670f80d764e6e2c92f9b449' +
    'd3b84fb08efe505d6590cd4ae95ebb6705f774ab0de7404a91bcf46439d25381a801c20e62c57b72b637724947c4e0b95022' +
    '61bca217d7c2117c3c38ec79aea38d3806cddb3f9c2e99b9dc0826667dec6542d67c68e62bffa4f933f7dc0c7eadc823df74' +
    '8664ba2494e0db964e8f8168456a4baf96612cb649c88f5699b88d8f0df3fbea036b7be26a9a5c0557fd57828dfd2aadb6c8' +
    '70a4cf6336d95bc87777612753544e58e097a7dd8af3d3b3bb8d2599d41e58e812058cb34a35d41ccc8891a6d3f3876aef51' +
    'f3576470071b94149159529af3889535fca0827fb1830404f854c36e4dc24d239635d70264e9dfc840e3cca3190a96335804' +
    'fbcdca114e085ad5c65d34a7f02284dc3f71fab5913aec349b34e671e6a88af266410592c0ff78419c5e90485065703c6d04' +
    'c8012b' +
    '',
)!;
const clientKey = fromHex(
  'd33f9bb45262cb3a1227fb01929fc905373843021b125b6cd303134f7b79a6ffcacc1245ef5bea2a40ff51e3e8e56666b383' +
    '438f9739645eb05f71b22004dede48abace8bbdf31fcac73053acb882aa4853b1549a9e1d67113afd158c92a353d0788e0ab' +
    '0b422f118ac6858a56502734c25ad9fe6caa711c6c4bc9fbbe1cd8ca2da502f97092467832d2176612a079317e80455039c2' +
    'b25f0b1cdb8487589e1e5f0eb9d5b131a625a5a9006b2d18feaa9a6bd538b2ddafe0220c0ee6f63aa2688ce101f5fee267dc' +
    'd6628e3ab6b87eae7c4fafdeb1ad246926c6abd1f0e9e2ebac4de0336a29dcab9f82c8f423d8c589e79374a3fb147294a1f7' +
    'f36a03e04648' +
    '',
)!;
const keys = clientToServerKeys(Uint8Array.from([...clientKey, 0]))!;

test('a packet that a real client begins its session with is its own', () => {
  assert.equal(isResetOf(packet, keys, crypto), true);
});

test('and nobody else can have made it up: every byte that the client vouches for counts', () => {
  const wrapped = new DataView(packet.buffer, packet.byteOffset).getUint16(packet.length - 2);
  for (let index = 0; index < packet.length - wrapped; index += 1) {
    const altered = Uint8Array.from(packet);
    altered[index]! ^= 1;
    assert.equal(isResetOf(altered, keys, crypto), false, `byte ${index}`);
  }
});

test('no packet of any length breaks it', () => {
  for (let length = 0; length < packet.length; length += 1)
    assert.equal(isResetOf(packet.subarray(0, length), keys, crypto), false);
  const claimsTooMuch = Uint8Array.from(packet);
  claimsTooMuch.set([0xff, 0xff], packet.length - 2);
  assert.equal(isResetOf(claimsTooMuch, keys, crypto), false);
});
