/** The package ships no types; this is the one function of it that we use. */
declare module 'multicoin-address-validator' {
  const validator: {
    /** Whether `address` has the form and checksum of the coin's main network. */
    validate(address: string, currency: string): boolean;
  };
  export default validator;
}
