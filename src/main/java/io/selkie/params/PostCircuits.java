package io.selkie.params;

import java.util.Map;

/**
 * Tells the window PoSt circuits from the winning PoSt circuits, which share one file name prefix.
 *
 * <p>A file name ends in the SHA-256 of {@code FallbackPoSt::PublicParams{sector_size: S,
 * challenge_count: C, sector_count: N}} (storage-proofs-post 19.1.0, {@code fallback/vanilla.rs};
 * storage-proofs-core 19.1.0, {@code cache_identifier}). Window PoSt has C = 10 and N = 2, 2349
 * (32GiB) or 2300 (64GiB); winning PoSt has C = 1 and N = 66 (filecoin-proofs 19.1.0, {@code
 * constants.rs} and {@code winning_post_setup_params}). The hashes were computed once from that.
 */
final class PostCircuits {
  private static final Map<String, ParameterSet> BY_HASH =
      Map.of(
          // 2KiB
          "0170db1f394b35d995252228ee359194b13199d259380541dc529fb0099096b0",
          ParameterSet.WINDOW_POST,
          "3ea05428c9d11689f23529cde32fd30aabd50f7d2c93657c1d3650bca3e8ea9e",
          ParameterSet.WINNING_POST,
          // 8MiB
          "5294475db5237a2e83c3e52fd6c2b03859a1831d45ed08c4f35dbf9a803165a9",
          ParameterSet.WINDOW_POST,
          "50c7368dea9593ed0989e70974d28024efa9d156d585b7eea1be22b2e753f331",
          ParameterSet.WINNING_POST,
          // 512MiB
          "0cfb4f178bbb71cf2ecfcd42accce558b27199ab4fb59cb78f2483fe21ef36d9",
          ParameterSet.WINDOW_POST,
          "7d739b8cf60f1b0709eeebee7730e297683552e4b69cab6984ec0285663c5781",
          ParameterSet.WINNING_POST,
          // 32GiB
          "0377ded656c6f524f1618760bffe4e0a1c51d5a70c4509eedae8a27555733edc",
          ParameterSet.WINDOW_POST,
          "559e581f022bb4e4ec6e719e563bf0e026ad6de42e56c18714a2c692b1b88d7e",
          ParameterSet.WINNING_POST,
          // 64GiB
          "2627e4006b67f99cef990c0a47d5426cb7ab0a0ad58fc1061547bf2d28b09def",
          ParameterSet.WINDOW_POST,
          "b62098629d07946e9028127e70295ed996fe3ed25b0f9f88eb610a0ab4385a3c",
          ParameterSet.WINNING_POST);

  private PostCircuits() {}

  /** The set of a PoSt file by the hash at the end of its name. */
  static ParameterSet setOf(String name) {
    String stem = name.substring(0, name.lastIndexOf('.'));
    ParameterSet set = BY_HASH.get(stem.substring(stem.lastIndexOf('-') + 1));
    if (set == null) {
      throw new IllegalArgumentException("neither window nor winning PoSt: " + name);
    }
    return set;
  }
}
