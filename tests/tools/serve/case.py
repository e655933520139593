"""What the tests of this folder share: a service over a copy of one small trained world for each test. Run by ctest;
INFODIET_PROGRAM names the program."""
import time
import unittest

from service import Service, World


def setUpModule():
    global world
    world = World()


def tearDownModule():
    world.remove()


def copy_of_world(name):
    """The path of a copy that may be changed."""
    return world.copy(name)


class Case(unittest.TestCase):
    options = ()

    def setUp(self):
        self.database = copy_of_world(self.id().rsplit(".", 1)[1] + ".db")
        self.service = Service(self.database, *self.options)

    def tearDown(self):
        if self.service.process.poll() is None:
            self.assertEqual(self.service.end(), 0)

    def status(self, *arguments, **options):
        return self.service.ask(*arguments, **options)[0]

    def within_seconds(self, holds):
        for _ in range(900):
            if holds():
                return
            time.sleep(0.1)
        self.fail("still not so after 90 seconds")
