#!/usr/bin/python3
"""A store whose disk is full or read-only, when the daemon starts and while it runs. What is stored can be read, what
cannot be written is refused with what to do, and all goes on by itself."""

import subprocess

import harness
from small_disk import CONFIG, PAGES, SmallDisk, mount


class Disk(SmallDisk):
    config = harness.merged(CONFIG, {"Fetch": {"HostDelaySec": "50ms"}})

    def test_full_disk_holds_all_until_there_is_room(self):
        self.begin_small()
        job = self.submit()
        self.fill()

        self.wait_for_warning("disk is full")
        self.assertIn("no room for the store, fetching has paused", self.daemon.read_log())
        self.daemon.job(job)
        self.filler.unlink()

        self.assertGoesOn(job)
        self.assertIn("the store works again", self.daemon.read_log())

    def test_on_a_full_disk_jobs_are_cancelled_and_removed(self):
        self.begin_small()
        jobs = [self.submit() for _ in range(3)]
        self.daemon.wait_for_job(jobs[2], lambda job: job["counted"] > 0, "a page of each job")
        self.fill()
        self.wait_for_warning("disk is full")

        self.assertRefused("have other files on its disk removed", "submit", self.long_list)
        self.daemon.ctl("cancel", str(jobs[0]))
        self.daemon.ctl("remove", str(jobs[1]))
        self.daemon.ctl("pause", str(jobs[2]))
        self.assertEqual(self.daemon.job(jobs[0])["state"], "cancelled")
        self.assertEqual([job["job"] for job in self.daemon.json("jobs")["jobs"]], [jobs[0], jobs[2]])

        self.daemon.kill()
        self.daemon.start()
        self.assertEqual(self.daemon.job(jobs[2])["state"], "paused")
        self.filler.unlink()
        self.wait_until_well()
        self.daemon.ctl("resume", str(jobs[2]))
        self.assertGoesOn(jobs[2])

    def test_daemon_starts_on_a_full_disk(self):
        self.begin_small()
        job = self.submit()
        self.daemon.wait_for_job(job, lambda seen: seen["counted"] > 0, "a page")
        self.daemon.kill()
        self.fill_behind_the_reserve()

        self.daemon.start()

        self.wait_for_warning("disk is full")
        self.assertGreater(self.daemon.job(job)["counted"], 0)
        self.assertNotEqual(self.daemon.ctl("top", str(job)).text, "")
        self.assertRefused("have other files on its disk removed", "submit", self.long_list)
        self.assertRefused("have other files on its disk removed", "remove", str(job))
        self.filler.unlink()
        self.assertGoesOn(job)

    def test_daemon_starts_on_a_full_disk_after_a_stop_in_good_order(self):
        self.begin_small()
        job = self.submit()
        self.daemon.stop()
        self.fill_behind_the_reserve()

        self.daemon.start()

        self.wait_for_warning("disk is full")
        self.daemon.job(job)
        self.filler.unlink()
        self.assertGoesOn(job)

    def test_daemon_starts_on_a_read_only_disk(self):
        self.begin_small()
        job = self.submit()
        for end in (self.daemon.kill, self.daemon.stop):
            end()
            self.make_read_only()
            self.daemon.start()

            self.wait_for_warning("disk is read-only")
            self.assertIn("disk is read-only, fetching has paused", self.daemon.read_log())
            self.assertEqual(self.daemon.job(job)["total"], PAGES)
            self.assertRefused("Read-only file system", "submit", self.list)
            self.assertRefused("Read-only file system", "cancel", str(job))
            self.assertRefused("that disk is read-only", "backup")
            self.make_writable()
            self.wait_until_well()
        self.assertGoesOn(job)
        self.assertIn("the store works again", self.daemon.read_log())

    def test_disk_that_becomes_read_only_is_read(self):
        image = self.directory / "image"
        with open(image, "wb") as file:
            file.truncate(64 << 20)
        if subprocess.run(["mkfs.ext4", "-q", image], check=False, capture_output=True).returncode != 0:
            self.skipTest("mkfs.ext4: there is none")
        self.begin("-o", "loop,errors=remount-ro", image)
        job = self.submit()
        self.daemon.wait_for_job(job, lambda seen: seen["counted"] > 0, "a page")
        self.break_file_system()

        self.wait_for_warning("disk is read-only")
        counted = self.daemon.job(job)["counted"]
        self.assertGreater(counted, 0)
        self.assertRefused("Read-only file system", "pause", str(job))
        self.daemon.kill()
        self.daemon.start()
        self.assertGreaterEqual(self.daemon.job(job)["counted"], counted)

        self.daemon.stop()
        subprocess.run(["umount", self.daemon.state], check=True)
        self.assertTrue(mount("-o", "loop", image, self.daemon.state))
        self.daemon.start()
        self.daemon.ctl("wait", str(job))
        self.assertEqual(self.daemon.job(job)["counted"], PAGES)

    def submit_too_much(self):
        long = harness.write_list(
            self.directory / "longer.txt", [f"http://127.0.0.1:9/{i}{'x' * 300}" for i in range(75_000)]
        )
        self.assertRefused("the store is full", "submit", long)

    def assertTakesListsAgain(self):
        self.daemon.wait_for_status(lambda seen: seen["store"]["freeBytes"] > 16 << 20, "the list to be gone")
        taken = harness.wait_until(
            lambda: self.daemon.ctl("-q", "submit", self.list, expected=None).text, "a list to be taken"
        )
        self.assertGoesOn(int(taken))

    def test_list_that_fills_the_disk_goes_from_it(self):
        self.begin_small()

        self.submit_too_much()

        self.assertTakesListsAgain()

    def test_list_that_fills_the_disk_goes_from_it_where_nothing_was_kept_free(self):
        self.begin_small()
        (self.daemon.state / "urlstat.db.reserve").unlink()

        self.submit_too_much()

        self.assertTakesListsAgain()

    def test_list_that_filled_the_disk_goes_from_it_at_the_next_start(self):
        self.begin_small()
        (self.daemon.state / "urlstat.db.reserve").unlink()

        self.submit_too_much()
        self.daemon.kill()
        self.daemon.start()

        self.assertTakesListsAgain()

    def break_file_system(self):
        """As the kernel does when it meets an error."""
        device = subprocess.run(
            ["findmnt", "-n", "-o", "SOURCE", self.daemon.state], check=True, capture_output=True, text=True
        ).stdout.strip()
        try:
            with open(f"/sys/fs/ext4/{device.rpartition('/')[2]}/trigger_fs_error", "w") as file:
                file.write("1")
        except OSError as error:
            self.skipTest(f"this kernel breaks no file system: {error}")


if __name__ == "__main__":
    harness.main()
