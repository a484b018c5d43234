/*
 * vectors.h: keys and signatures of one text, made with another program.
 */
#ifndef TESTS_BASE_VECTORS_H
#define TESTS_BASE_VECTORS_H

#define SIGNED_TEXT "eyJ.eyJ"

static const char rsa_pem[] = "-----BEGIN PUBLIC KEY-----\n"
			      "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA1pZLOpCtHRoRbdgQkzGE\n"
			      "hSRIpIY10hRGcouPbprMeXGEUHcaQp7tOT46xqJqFvcOju/DQEE0E7o+YzXpJykj\n"
			      "eFkYfOJNw3SwVfSN19fRYbc46zq03UFn8uUGeCYgQS/h3dVJdE+H5YyHipCn0IUI\n"
			      "5e2OtKIYU0/uD3wBj/TKjO+zBAIvVruuGz/ZyLEW5cY/jHrXxAbRFmX/Fx+ZwTxh\n"
			      "SUvs86ok0HNe4Fk8rUl53Y0lmCWi6q+SgkicJF+XBL9qRt7u37EJ7z5qYsJGc9I7\n"
			      "mKVxZJRQ42ztUSyrkeV5kfn5vo57MsDJAobfPQccH/8qzlrxef+bDxkdq7ubr7oH\n"
			      "LwIDAQAB\n"
			      "-----END PUBLIC KEY-----\n";

static const char small_pem[] = "-----BEGIN PUBLIC KEY-----\n"
				"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQD38UzeoWwfnx5c3RokjcfTmJkx\n"
				"P/PhX3kNwVC9YlCMTLolK2enEh6cR2v8O9ZfDvp8ux9JOLgtiIvVez1R6NIWmECI\n"
				"ubsxb+khS1E5yutK5ZF9YUU9iKdXRjiNDPkHx/LDmn94sBwrZHvRca2W+h0FvTHU\n"
				"xxN3YGFxnMgOITvDlwIDAQAB\n"
				"-----END PUBLIC KEY-----\n";

static const char p256_pem[] = "-----BEGIN PUBLIC KEY-----\n"
			       "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaOwvUMLFUDTpHvupCAQd8pdJhVh6\n"
			       "A029dQnc/up9KG0Jfi/Xh8ZJn7C1tmjiOx0rMaZgMzcRpJ1EyY8sGNEyFg==\n"
			       "-----END PUBLIC KEY-----\n";

static const char p384_pem[] = "-----BEGIN PUBLIC KEY-----\n"
			       "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAESL407SIOSWWa+14PSVDuwHcgUe7SLsVd\n"
			       "GNKe0uSBq9t8vMgA5IPC7VNJmThEIpc5Tp+FSR9egKJpDfeVgtwosC5nEGui7JM/\n"
			       "DBIMwOWIMg7NAmRllRMxbl6cy790BAlJ\n"
			       "-----END PUBLIC KEY-----\n";

static const char k256_pem[] = "-----BEGIN PUBLIC KEY-----\n"
			       "MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAE/dIZ5nXkAliE6V1jY3ZTujm+wLVJyGYn\n"
			       "227AJQW7gMsG3O3cqeyN+vGxwEJ7ZKwsiEbeP+hNhaUIH/83dV7xtQ==\n"
			       "-----END PUBLIC KEY-----\n";

static const char ed_pem[] = "-----BEGIN PUBLIC KEY-----\n"
			     "MCowBQYDK2VwAyEAZBtvVf8/V2PkSR32Vgk72yiYFMURvvbn4knRD6bg1KE=\n"
			     "-----END PUBLIC KEY-----\n";

static const char private_pem[] = "-----BEGIN PRIVATE KEY-----\n"
				  "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgO0M6wuRxKNTgWJl0\n"
				  "Eq2UfG4hW+tS8MakTx54pX+MdUChRANCAARo7C9QwsVQNOke+6kIBB3yl0mFWHoD\n"
				  "Tb11Cdz+6n0obQl+L9eHxkmfsLW2aOI7HSsxpmAzNxGknUTJjywY0TIW\n"
				  "-----END PRIVATE KEY-----\n";

static const char rsa_n[] =
    "1pZLOpCtHRoRbdgQkzGEhSRIpIY10hRGcouPbprMeXGEUHcaQp7tOT46xqJqFvcOju_DQEE0E7o-YzXpJykjeFkY"
    "fOJNw3SwVfSN19fRYbc46zq03UFn8uUGeCYgQS_h3dVJdE-H5YyHipCn0IUI5e2OtKIYU0_uD3wBj_TKjO-zBAIv"
    "VruuGz_ZyLEW5cY_jHrXxAbRFmX_Fx-ZwTxhSUvs86ok0HNe4Fk8rUl53Y0lmCWi6q-SgkicJF-XBL9qRt7u37EJ"
    "7z5qYsJGc9I7mKVxZJRQ42ztUSyrkeV5kfn5vo57MsDJAobfPQccH_8qzlrxef-bDxkdq7ubr7oHLw";

static const char rsa_e[] = "AQAB";

static const char p256_x[] = "aOwvUMLFUDTpHvupCAQd8pdJhVh6A029dQnc_up9KG0";

static const char p256_y[] = "CX4v14fGSZ-wtbZo4jsdKzGmYDM3EaSdRMmPLBjRMhY";

static const char ed_x[] = "ZBtvVf8_V2PkSR32Vgk72yiYFMURvvbn4knRD6bg1KE";

static const char rsa_signature[] =
    "B4aYqe_Ibt7-fa5380QfMoQQktELuRvee2YsQAjbCXWKK4uP8fEbTouEQ91GDw2PK4RTnv47hd_u_gshP7HNaCqt"
    "NIXUyUKOt8Xvx6nXVHxnOGln1Lz1Wj1D4rdfL4ioYUg9XAuZZXcDmhLmjHNF7HSWyJujF8yN5HDC8FQ0HIgcmxKq"
    "UjycA7oQxvGR_XxcXEs7p3PpaZ8LGFVc0r4KWC_Q6gQtEvRH_0Q7H_csV73aw7Eys6U_bO-fveblwFmf6uKHVPBu"
    "ZFDp7uSaK6QUmMC_F6Ba68734FEuUF_f163E798Tozadsg-kL_iiChebfjFbXS3pNbn6yAhqLbRogQ";

static const char pss_signature[] =
    "emhNRXvwXCN4yol2iDig7KSqqyuquHf1ef_hGOnpHv6KIPLeA3G-bH3_waS97TadmNlFp_PUUeLUYo721NP0z-t8"
    "8stGFYm2k0SMfMM8qGLVED5RE0KZ2WUoxlvhFeuh9mge7bh1fqNw_0AGkCiLwx4a_LGkrIPQY-G6Y06qMms5ZnwT"
    "tBrB5DUqJZBkbJpzF9-llrf-bEyRknCVeDuKfD4x00dLXdWCyraYzC2X_jxb0onPYpxVi4wrFGecuBGWI4S4gH7A"
    "QwNWtPSWbENbaH-L404cJY2n4Tu6KnxPpK_tZLKukDntpzW9rsZnmJmT_j2d8Ia4yA02t0Qq_foH0w";

static const char p256_signature[] =
    "YcPQCVPyAqZbc8Je0WoghBesPuCgEeyLckhHRs5ffcK_Kwpz2wtGe6rkLWEngmpzMlmjlHv0omH6IkwLIqBaAg";

static const char p256_der[] =
    "MEUCIGHD0AlT8gKmW3PCXtFqIIQXrD7goBHsi3JIR0bOX33CAiEAvysKc9sLRnuq5C1hJ4JqczJZo5R79KJh-iJM"
    "CyKgWgI";

static const char ed_signature[] =
    "X_dTqDIqJvjx2FzxlGOdQ1wr92hyauc1y0HRhw8vYZZ0xFalkPAoqvrq7KXJU92qNDqEXZsEHDK6nI6GTrJFCQ";

#endif
