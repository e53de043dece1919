import { createPrivateKey, createPublicKey } from 'node:crypto';

import type { FiscalSigner } from '#libs/invoicing/fiscal/sign-document.js';

/** Signs nothing but tests: the key is no secret. */
export const TEST_FISCAL_KEY = `-----BEGIN PRIVATE KEY-----
MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBAL/3JsVms1sbjzda
bateKNfaz4jcguNr1eRAOvtEeEoou8U7EUtlprKgGvSbo5K9kuiS/CfutgxROq6u
1fe66BuRJo0T/rjc0m5Wjm7P6/+14zAhodSp9UZ3YemDA/MZ0wtA8X0LmoPaPeVj
TuLBpzNcaB57HGPYlt9pysjrXd3zAgMBAAECgYEAlvyzTxJ/QcrEc5o5pk8yOs1M
7O3cOTpJCvWGLrnlDxdI0VGrQa1bVyXc7cY4+yMGmM17bYExSTDewiScAPTOt/mi
6dFtu6kjc5UY/YmP1R2cSYmbawjyr1k3oYdFNaUCPzq8oeWLYgHZas1tiwn/4Vhg
oTVpv54ybJF0LothnXECQQD0j+K7Y7/xFwxsNXoI1LrBMZykr2Jq0dOrrvhtbr82
z2pVsdtTPU9UnAmWXOpuEIyKESWApbfM48audFryMOVbAkEAyPGIRTWE/Likd3VQ
10tSvDgpyjp/7psNJSXarTn03icVBauRKVjSdd84L2qFSx3GLsxZYTt2ksir63uJ
wJQVSQJALxcBdkmHrNleR/uoCslDSG3QFpm6nozWcAlZxmB7qwcXF3cOnyGAA++j
nPM5JIZFOVSB3xqJoIb/O5ol5NprXwJABip7Lvx8bzDPQycjaufRyxrCFYWEBXNW
jOxDcItVuzdhysG/+4/RLXLDC5luK6bnPOpiV7x2X/yuYdRxnqosmQJBAKi4OvO2
Rla/AJ0Oz8b4C27Ej7KCTYamzxraIsyzN3YpoOTNMHZrzPDePx6fas6zZ1Ooz+pE
ZrXkxPSWRcKQ6X0=
-----END PRIVATE KEY-----
`;

const privateKey = createPrivateKey(TEST_FISCAL_KEY);

/** An uncertified program's signer, the same in every test. */
export const TEST_SIGNER: FiscalSigner = {
  privateKey,
  publicKey: createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString(),
  keyVersion: '1',
  certificate: '0',
};

/** The same key once the program is certified. */
export const CERTIFIED_SIGNER: FiscalSigner = { ...TEST_SIGNER, certificate: '9999' };
