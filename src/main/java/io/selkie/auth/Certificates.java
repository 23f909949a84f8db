package io.selkie.auth;

import io.selkie.files.Durable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;

/**
 * A small authority for a farm without one: RSA keys and X.509 certificates (RFC 5280) in PEM
 * files. The key of the authority belongs to the operator, and to no host.
 */
public final class Certificates {
  /** The name that the certificates of all hosts share: by it they know each other as one farm. */
  public static final String FARM = "selkie";

  private static final int KEY_BITS = 3072;
  private static final int SERIAL_BITS = 120;

  /** Clocks of hosts differ. */
  private static final Duration BEFORE = Duration.ofHours(1);

  private static final Pattern PEM =
      Pattern.compile("-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?");
  private static final SecureRandom RANDOM = new SecureRandom();

  private Certificates() {}

  /** The files of an authority. */
  public record Authority(Path key, Path certificate) {
    /** As they are called in a directory. */
    public static Authority in(Path directory) {
      return new Authority(directory.resolve("ca.key"), directory.resolve("ca.crt"));
    }
  }

  /** The files of a host. */
  public record Host(Path key, Path certificate) {
    /** As they are called in a directory. */
    public static Host in(Path directory) {
      return new Host(directory.resolve("tls.key"), directory.resolve("tls.crt"));
    }
  }

  /**
   * Makes an authority.
   *
   * @param life how long its certificate is good
   * @throws IOException if there is one, or it cannot be written; one line
   */
  public static void init(Authority authority, Duration life, Instant now) throws IOException {
    refuseOld(authority.key(), authority.certificate());
    try {
      KeyPair pair = keyPair();
      X500Name name = new X500Name("CN=Selkie farm authority " + hex(4));
      ExtensionsGenerator extensions = new ExtensionsGenerator();
      extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      extensions.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      byte[] certificate =
          sign(name, name, pair.getPublic(), pair.getPrivate(), extensions, life, now);
      writeSecret(authority.key(), pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
      Durable.replace(authority.certificate(), pem("CERTIFICATE", certificate));
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot make a key: " + e.getMessage(), e);
    }
  }

  /**
   * Makes key and certificate of a host.
   *
   * @param names by which it is reached: names of the DNS and addresses; the first is its own
   * @param life how long the certificate is good, at most as long as the authority's
   * @throws IOException if there are some, or the authority is not to be used; one line
   */
  public static void issue(
      Authority authority, Host host, List<String> names, Duration life, Instant now)
      throws IOException {
    List<GeneralName> all = new ArrayList<>();
    all.add(new GeneralName(GeneralName.dNSName, FARM));
    for (String name : names) {
      all.add(generalName(name));
    }
    refuseOld(host.key(), host.certificate());
    try {
      PrivateKey signer = privateKey(authority.key());
      X509Certificate signed = certificate(authority.certificate());
      Instant end = signed.getNotAfter().toInstant();
      Duration most = Duration.between(now, end);
      KeyPair pair = keyPair();
      ExtensionsGenerator extensions = new ExtensionsGenerator();
      extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      extensions.addExtension(
          Extension.keyUsage,
          true,
          new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment));
      extensions.addExtension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(
              new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}));
      extensions.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(all.toArray(GeneralName[]::new)));
      byte[] made =
          sign(
              X500Name.getInstance(signed.getSubjectX500Principal().getEncoded()),
              new X500Name("CN=" + names.get(0)),
              pair.getPublic(),
              signer,
              extensions,
              life.compareTo(most) < 0 ? life : most,
              now);
      writeSecret(host.key(), pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
      Durable.replace(host.certificate(), pem("CERTIFICATE", made));
    } catch (GeneralSecurityException e) {
      throw new IOException(
          authority.key()
              + " and "
              + authority.certificate()
              + " cannot be used: "
              + e.getMessage(),
          e);
    }
  }

  private static GeneralName generalName(String name) throws IOException {
    if (ADDRESS.matcher(name).matches()) {
      return new GeneralName(GeneralName.iPAddress, InetAddress.getByName(name).getHostAddress());
    }
    if (!NAME.matcher(name).matches()) {
      throw new IOException("'" + name + "' is neither a host name nor an address");
    }
    return new GeneralName(GeneralName.dNSName, name);
  }

  private static void refuseOld(Path... files) throws IOException {
    for (Path file : files) {
      if (Files.exists(file)) {
        throw new IOException(file + " is there already: move it away first");
      }
    }
  }

  private static KeyPair keyPair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(KEY_BITS, RANDOM);
    return generator.generateKeyPair();
  }

  private static byte[] sign(
      X500Name issuer,
      X500Name subject,
      PublicKey key,
      PrivateKey signer,
      ExtensionsGenerator extensions,
      Duration life,
      Instant now)
      throws GeneralSecurityException, IOException {
    AlgorithmIdentifier algorithm =
        new AlgorithmIdentifier(PKCSObjectIdentifiers.sha256WithRSAEncryption, DERNull.INSTANCE);
    V3TBSCertificateGenerator generator = new V3TBSCertificateGenerator();
    generator.setSerialNumber(
        new ASN1Integer(new BigInteger(SERIAL_BITS, RANDOM).add(BigInteger.ONE)));
    generator.setSignature(algorithm);
    generator.setIssuer(issuer);
    generator.setSubject(subject);
    generator.setStartDate(new Time(Date.from(now.minus(BEFORE))));
    generator.setEndDate(new Time(Date.from(now.plus(life))));
    generator.setSubjectPublicKeyInfo(SubjectPublicKeyInfo.getInstance(key.getEncoded()));
    generator.setExtensions(extensions.generate());
    TBSCertificate body = generator.generateTBSCertificate();
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(signer, RANDOM);
    signature.update(body.getEncoded("DER"));
    return new DERSequence(
            new ASN1Encodable[] {body, algorithm, new DERBitString(signature.sign())})
        .getEncoded("DER");
  }

  private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
    return KeyFactory.getInstance("RSA")
        .generatePrivate(new PKCS8EncodedKeySpec(content(file, "PRIVATE KEY")));
  }

  private static X509Certificate certificate(Path file)
      throws IOException, GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(content(file, "CERTIFICATE")));
  }

  private static byte[] content(Path file, String kind) throws IOException {
    Matcher matcher = PEM.matcher(Files.readString(file));
    if (!matcher.find() || !matcher.group(1).equals(kind)) {
      throw new IOException(file + " has no " + kind + " in PEM");
    }
    return Base64.getMimeDecoder().decode(matcher.group(2));
  }

  private static byte[] pem(String kind, byte[] content) {
    String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return ("-----BEGIN " + kind + "-----\n" + lines + "\n-----END " + kind + "-----\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** For its owner alone from the first byte on. */
  private static void writeSecret(Path file, byte[] content) throws IOException {
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(file, content);
    Durable.syncFile(file);
  }

  private static String hex(int bytes) {
    return String.format("%0" + 2 * bytes + "x", new BigInteger(8 * bytes, RANDOM));
  }
}
