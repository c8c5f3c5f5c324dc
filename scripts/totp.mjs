/** Prints the present two-factor code of a secret, for trying the API from a shell: node scripts/totp.mjs SECRET */
import { generate } from 'otplib';

console.log(await generate({ secret: process.argv[2] }));
